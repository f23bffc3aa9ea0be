/* Preloaded into the program: while the file that NEWSBOT_FSYNC_FAILS names exists, nothing can be written for good. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int fails(void) {
    const char *flag = getenv("NEWSBOT_FSYNC_FAILS");
    return flag && access(flag, F_OK) == 0;
}

int fsync(int fd) {
    if (fails()) {
        errno = EIO;
        return -1;
    }
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}

int fdatasync(int fd) {
    if (fails()) {
        errno = EIO;
        return -1;
    }
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
