from tests.bot.conversation.talk import *
from tests.bot.conversation.conftest import *
async def test_x(talk):
    await talk.publish([draft(f"Казахстан и Азербайджан договорились о коридоре {i}", f"В Астане подписали соглашение номер {i} о среднем коридоре. Токаев встретился с Алиевым.", url=f"https://report.az/{i}", at=NOON-timedelta(days=i*3)) for i in range(4)])
    for x in ["средний коридор","(средний коридор) last:7d","казахстан last:7d","(казахстан) last:7d","коридор last:7d", "/subscribe коридор"]:
        r=await talk.say(x)
        print(">>>",x)
        for s in r: print(("· " if s.is_note else "")+s.text.split("\n")[0],s.buttons); print("--")
