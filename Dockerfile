# Two stages: the first has tools and sources, the second the installed bot alone.
FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src

# Dependencies first: they change less often than the bot does.
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/newsbot
RUN /opt/newsbot/bin/pip install --require-hashes -r requirements.lock
RUN python -m venv /opt/build
RUN /opt/build/bin/pip install --require-hashes -r requirements-build.lock

COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY storage storage
COPY seeds seeds
RUN /opt/build/bin/pip wheel --no-build-isolation --no-deps --wheel-dir /dist .
RUN /opt/newsbot/bin/pip install --no-index --no-deps --find-links /dist newsbot

FROM python:3.13-slim-trixie
# The root is read-only where docker-compose.yml runs it: no byte code is written, and log lines come at once.
ENV PATH=/opt/newsbot/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin newsbot \
    && install --directory --owner newsbot --group newsbot /data
COPY --from=build /opt/newsbot /opt/newsbot
USER 10001:10001
WORKDIR /data
VOLUME /data
HEALTHCHECK --interval=5m --timeout=60s --start-period=60s --retries=3 CMD ["newsbot", "check", "--own"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["newsbot"]
CMD ["run"]
