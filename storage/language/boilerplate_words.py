"""The words of which invitations to read, to follow and to subscribe are made, for `storage.boilerplate`."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# An invitation asks for something,
SUBSCRIPTIONS = _words(
    "подписывайтесь подписывайся подпишитесь подпишись подписаться присоединяйтесь присоединяйся вступайте "
    "підписуйтесь підписуйтеся підпишіться підписатися приєднуйтесь приєднуйтеся subscribe жазылыңыз жазылыңыздар "
    "жазылып тіркеліңіз қосылыңыз abunə qoşulun qatılın"
)
CALLS = SUBSCRIPTIONS | _words(
    "следите следи читайте читай читать смотрите слушайте ищите узнавайте оставайтесь жмите пишите присылайте "
    "прислать написать поддержите стежте дивіться читати follow join read watch sign download оқыңыз оқыңыздар "
    "қараңыз бақылаңыз izləyin oxuyun"
)
# from us or in a place like these,
PLACES = _words(
    "нас нами нашем наш наша наше наши нашу нашей нашего нашим нашими наших нам телеграм телеграме телеграмм "
    "телеграм-канал телеграм-канале телеграм-каналах telegram-канал telegram-канале telegram-каналах telegram-каналы "
    "whatsapp-канал whatsapp-канале канал канале каналы каналах канала соцсетях соцсети дзен дзене вконтакте вк "
    "одноклассниках рассылку рассылка ютуб ютубе инстаграм инстаграме нашому наші каналі телеграмі соцмережах "
    "telegram whatsapp facebook twitter instagram youtube tiktok viber linkedin threads vk newsletter newsletters "
    "channel google max x podcast app бізге бізді біздің арнамызға арнамыз арнамызды парақшамызға парақшамызды желіде "
    "желілерде телеграмға bizi bizə bizim kanalımıza kanalımızı səhifəmizə səhifəmizi telegramda telegram-da "
    "instagramda facebookda youtubeda"
)
# and has hardly another word than these.
OTHERS = _words(
    "и в на во за без можно с со к по из у о не или а чтобы быть будьте первым первыми курсе новостей новости "
    "новостями новость событий главных главные главное важных важные важное самых самые самое всех все всё также тоже "
    "еще ещё больше актуальных свежих оперативных получать получайте узнавать пропустить пропускать ничего сети сетях "
    "социальных страницу странице страницы аккаунт аккаунты подписка подписку новостную ссылке ссылка тут здесь сайте "
    "сайт мессенджере мессенджерах официальный официальном официальные удобной удобном вам вас где своих і й та з до "
    "щоб бути першими новин новини соціальних мережах сторінку також us our on in at to the a and or for more news "
    "latest breaking stay tuned updates update up via with page free daily mobile official today және мен да де арна "
    "біз ең соңғы жаңалық жаңалықтар жаңалықтарды жаңалықтардан хабардар болыңыз болу үшін әлеуметтік бірінші болып "
    "біліңіз və ilə ən son xəbər xəbərlər xəbərləri olun sosial şəbəkələrdə üçün rəsmi daha çox bütün"
)
