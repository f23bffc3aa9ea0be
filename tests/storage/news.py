"""A few articles that suggestions and wider queries are asked of."""

from tests.storage.builders import draft

NEWS = (
    draft("Токаев прибыл в Баку", "Президент Казахстана Токаев обсудил Средний коридор."),
    draft("Токаев: саммит в Баку", "Казахстан и Азербайджан развивают Средний коридор."),
    draft("Коронавирус отступает", "Всемирная организация здравоохранения верит в вакцину от коронавируса."),
    draft("Коронавирус в Москве", "Коридоры больниц пустеют. Совет мира соберётся в Москве."),
    draft("Əliyev Bakıda çıxış etdi", "Prezident Əliyev sammitdə çıxış edib.", language="az"),
    draft("F и B", "Хаби: F, затем B."),
    draft("Қазақстан жеңді", "Қазақстан құрамасы жеңіске жетті.", language="kk"),
)
