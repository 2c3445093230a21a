"""Chinese (Mandarin, simplified characters)."""

from __future__ import annotations

from xitt.data.pocket.concepts import CITIES, MASS, NAMES, PEOPLE, PROFESSIONS, WOMEN
from xitt.data.pocket.grammar import Token, build, entity, finish, mark, words
from xitt.data.pocket.meanings import (
    NP,
    Because,
    Event,
    Fact,
    Phrase,
    Question,
    State,
    Transfer,
    Typical,
    Use,
)

ENGLISH_NAME, ISO3, SPACES = "Chinese", "cmn", False

NAMED = {
    "anna": "安娜", "maria": "玛丽亚", "elena": "埃莱娜", "sara": "萨拉",
    "laura": "劳拉", "nina": "尼娜", "clara": "克拉拉", "eva": "伊娃",
    "lucia": "露西娅", "julia": "朱莉娅", "sofia": "索菲亚", "irene": "艾琳",
    "diana": "迪亚娜", "amira": "阿米拉", "helena": "海伦娜", "carla": "卡拉",
    "marta": "玛尔塔", "olga": "奥尔加", "leila": "莱拉", "silvia": "西尔维娅",
    "david": "大卫", "daniel": "丹尼尔", "adam": "亚当", "omar": "奥马尔",
    "peter": "彼得", "thomas": "托马斯", "martin": "马丁", "victor": "维克托",
    "paul": "保罗", "robert": "罗伯特", "ivan": "伊万", "mark": "马克", "leo": "莱奥",
    "hugo": "雨果", "karim": "卡里姆", "oscar": "奥斯卡", "simon": "西蒙",
    "felix": "费利克斯", "max": "麦克斯", "samir": "萨米尔", "keller": "凯勒",
    "silva": "席尔瓦", "rossi": "罗西", "novak": "诺瓦克", "berg": "贝里",
    "costa": "科斯塔", "weber": "韦伯", "moreno": "莫雷诺", "tanaka": "田中",
    "haddad": "哈达德", "lind": "林德", "fischer": "菲舍尔", "santos": "桑托斯",
    "romano": "罗马诺", "jansen": "扬森", "castro": "卡斯特罗", "berlin": "柏林",
    "madrid": "马德里", "cairo": "开罗", "london": "伦敦", "paris": "巴黎",
    "rome": "罗马", "moscow": "莫斯科", "tokyo": "东京", "delhi": "德里",
    "nairobi": "内罗毕", "istanbul": "伊斯坦布尔", "beijing": "北京",
    "lisbon": "里斯本", "vienna": "维也纳", "new_york": "纽约",
    "buenos_aires": "布宜诺斯艾利斯", "cape_town": "开普敦", "mexico_city": "墨西哥城",
}  # fmt: skip
ORGS = {
    "lumora": "卢莫拉", "novatek": "诺瓦泰克", "verdana": "维达纳",
    "radio_orion": "奥里恩 电台/NOUN", "delta_bank": "德尔塔 银行/NOUN",
    "atlas_motors": "阿特拉斯 汽车/NOUN 公司/NOUN",
    "terra_foods": "泰拉 食品/NOUN 公司/NOUN", "university_vienna": "维也纳 大学/NOUN",
    "university_cairo": "开罗 大学/NOUN", "bank_tokyo": "东京 银行/NOUN",
}  # fmt: skip
NOUNS = {  # noun, classifier (of a mass noun: for a known portion of it)
    "teacher": "老师 位", "doctor": "医生 位", "farmer": "农民 位",
    "student": "学生 名", "baker": "面包师 位", "driver": "司机 位",
    "engineer": "工程师 位", "painter": "画家 位", "singer": "歌手 位",
    "lawyer": "律师 位", "journalist": "记者 位", "neighbour": "邻居 位",
    "book": "书 本", "letter": "信 封", "newspaper": "报纸 份", "key": "钥匙 把",
    "ring": "戒指 枚", "phone": "手机 部", "bag": "包 个", "camera": "相机 台",
    "umbrella": "雨伞 把", "ticket": "车票 张", "lamp": "台灯 盏", "clock": "时钟 个",
    "chair": "椅子 把", "table": "桌子 张", "box": "盒子 个", "picture": "油画 幅",
    "radio": "收音机 台", "computer": "电脑 台", "cup": "杯子 个", "plate": "盘子 个",
    "knife": "刀 把", "shirt": "衬衫 件", "dress": "连衣裙 条", "hat": "帽子 顶",
    "coat": "外套 件", "car": "汽车 辆", "bicycle": "自行车 辆", "boat": "船 艘",
    "door": "门 扇", "window": "窗户 扇", "house": "房子 栋", "flower": "花 朵",
    "ball": "球 个", "apple": "苹果 个", "egg": "鸡蛋 个", "cake": "蛋糕 个",
    "bread": "面包 块", "rice": "米饭 碗", "soup": "汤 碗", "cheese": "奶酪 块",
    "fish": "鱼 条", "tea": "茶 杯", "coffee": "咖啡 杯", "water": "水 杯",
    "milk": "牛奶 杯", "juice": "果汁 杯", "food": "食物 些", "dog": "狗 只",
    "cat": "猫 只", "horse": "马 匹", "cow": "奶牛 头", "bird": "鸟 只",
    "animal": "动物 只", "vehicle": "交通工具 种",
}  # fmt: skip
ADJECTIVES = {
    "red": "红色/NOUN 的/PART", "green": "绿色/NOUN 的/PART",
    "blue": "蓝色/NOUN 的/PART", "yellow": "黄色/NOUN 的/PART",
    "black": "黑色/NOUN 的/PART", "white": "白色/NOUN 的/PART", "big": "大/ADJ",
    "small": "小/ADJ", "old": "旧/ADJ", "new": "新/ADJ", "hot": "热/ADJ",
    "cold": "冷/ADJ", "beautiful": "漂亮/ADJ 的/PART", "expensive": "昂贵/ADJ 的/PART",
    "cheap": "便宜/ADJ 的/PART", "fresh": "新鲜/ADJ 的/PART",
    "young": "年轻/ADJ 的/PART", "tall": "高个子/NOUN 的/PART",
    "famous": "著名/ADJ 的/PART",
}  # fmt: skip
VERBS = {
    "buy": "买", "sell": "卖", "open": "打开", "close": "关上", "find": "找到",
    "lose": "弄丢", "repair": "修理", "break": "弄坏", "read": "读", "write": "写",
    "eat": "吃", "cook": "煮", "drink": "喝", "wash": "洗", "paint": "画", "send": "寄",
    "receive": "收到", "see": "看见", "meet": "遇见", "invite": "邀请", "visit": "拜访",
    "greet": "问候", "search": "寻找",
}  # fmt: skip
VERBS_OF = {  # another verb for the same act on another thing
    ("open", "letter"): "拆开", ("close", "book"): "合上",
    ("close", "umbrella"): "收起", ("close", "box"): "盖上", ("eat", "soup"): "喝",
    ("wash", "window"): "擦", ("visit", "doctor"): "看", ("paint", "house"): "粉刷",
    **{("break", noun): "打破" for noun in ("cup", "plate", "window")},
    **{("paint", x): "漆" for x in ("chair", "table", "box", "door", "boat")},
    ("paint", "bicycle"): "漆",
}  # fmt: skip
NUMBERS = {1: "一", 2: "两", 3: "三", 4: "四", 5: "五", 10: "十"}
SPOTS = {  # noun, word behind it
    "market": "市场", "garden": "花园 里", "park": "公园 里", "school": "学校",
    "library": "图书馆", "kitchen": "厨房 里", "station": "车站", "restaurant": "餐厅",
    "hospital": "医院", "museum": "博物馆", "hotel": "酒店", "office": "办公室 里",
    "forest": "森林 里", "beach": "海滩 上", "village": "村子 里", "farm": "农场",
}  # fmt: skip
TIMES = {
    "yesterday": "昨天/NOUN", "last_week": "上/DET 周/NOUN", "morning": "早上/NOUN",
    "afternoon": "下午/NOUN", "evening": "晚上/NOUN", "monday": "星期/NOUN 一/NUM",
    "wednesday": "星期/NOUN 三/NUM", "friday": "星期/NOUN 五/NUM",
    "saturday": "星期/NOUN 六/NUM", "sunday": "星期/NOUN 天/NUM",
    "may": "五/NUM 月/NOUN", "october": "十/NUM 月/NOUN", "summer": "夏天/NOUN",
    "winter": "冬天/NOUN",
}  # fmt: skip
STATES = {
    "hungry": "饿/ADJ 了/PART", "thirsty": "渴/ADJ 了/PART", "tired": "累/ADJ 了/PART",
    "ill": "病/VERB 了/PART", "happy": "很/ADV 高兴/ADJ",
    "bored": "觉得/VERB 很/ADV 无聊/ADJ", "cold_state": "觉得/VERB 很/ADV 冷/ADJ",
}  # fmt: skip
PURPOSES = {
    "knife": "切/VERB 面包/NOUN", "key": "开/VERB 门/NOUN",
    "umbrella": "挡/VERB 雨/NOUN", "lamp": "照明/VERB", "clock": "看/VERB 时间/NOUN",
    "cup": "喝/VERB 茶/NOUN", "camera": "拍/VERB 照片/NOUN",
    "phone": "给/ADP 朋友/NOUN 打/VERB 电话/NOUN", "bicycle": "代步/VERB",
    "bag": "装/VERB 书/NOUN", "boat": "过/VERB 河/NOUN", "coat": "保暖/VERB",
}  # fmt: skip
PHRASES = {
    "good_morning": "早上/NOUN 好/ADJ ！", "good_night": "晚安/INTJ ！",
    "thank_you": "非常/ADV 感谢/VERB ！", "excuse_me": "打扰/VERB 一下/ADV ！",
    "how_are_you": "你/PRON 好/ADJ 吗/PART ？", "i_am_fine": "我/PRON 很/ADV 好/ADJ 。",
    "what_is_your_name": "你/PRON 叫/VERB 什么/DET 名字/NOUN ？",
    "where_is_the_station": "车站/NOUN 在/VERB 哪里/PRON ？",
    "how_much_is_this": "这/DET 个/NOUN 多少/DET 钱/NOUN ？",
    "i_do_not_understand": "我/PRON 不/ADV 明白/VERB 。",
    "i_am_learning_english": "我/PRON 正在/ADV 学习/VERB 英语/NOUN 。",
    "i_am_hungry": "我/PRON 饿/ADJ 了/PART 。",
    "it_is_raining": "正在/ADV 下/VERB 雨/NOUN 。",
    "it_is_late": "时间/NOUN 不/ADV 早/ADJ 了/PART 。",
    "we_are_tired": "我们/PRON 累/ADJ 了/PART 。",
    "please_sit_down": "请/VERB 坐/VERB 。", "see_you_tomorrow": "明天/NOUN 见/VERB ！",
    "happy_birthday": "生日/NOUN 快乐/ADJ ！",
    "what_time_is_it": "现在/NOUN 几/NUM 点/NOUN 了/PART ？",
    "do_you_speak_english": "你/PRON 会/AUX 说/VERB 英语/NOUN 吗/PART ？",
    "i_live_here": "我/PRON 住/VERB 在/ADP 这里/PRON 。",
    "i_like_music": "我/PRON 喜欢/VERB 音乐/NOUN 。", "come_in": "请/VERB 进/VERB ！",
    "who_is_there": "谁/PRON 在/VERB 那里/PRON ？",
    "this_is_my_house": "这/PRON 是/AUX 我/PRON 的/PART 房子/NOUN 。",
    "i_have_two_brothers": "我/PRON 有/VERB 两/NUM 个/NOUN 兄弟/NOUN 。",
    "she_is_my_sister": "她/PRON 是/AUX 我/PRON 的/PART 姐姐/NOUN 。",
    "we_are_going_home": "我们/PRON 要/AUX 回/VERB 家/NOUN 了/PART 。",
    "i_need_help": "我/PRON 需要/VERB 帮助/NOUN 。",
    "the_food_is_good": "饭菜/NOUN 很/ADV 好吃/ADJ 。",
}  # fmt: skip
WHEN = "什么/DET 时候/NOUN"
OTHER_WORDS = {"someone": "有人", "something": "东西"}


def word(concept: str) -> str:
    if concept in ADJECTIVES:
        return ADJECTIVES[concept].split("/")[0]
    if concept in NOUNS or concept in SPOTS:
        return (NOUNS.get(concept) or SPOTS[concept]).split()[0]
    return (OTHER_WORDS | VERBS | NAMED)[concept]


def _noun(np: NP) -> list[Token]:
    """The noun with its adjective."""
    adj = ADJECTIVES[np.adj] if np.adj else None
    if (np.adj, np.noun) == ("old", "house"):
        adj = "老/ADJ"  # of buildings, where 旧 is "worn out"
    elif (np.adj, np.noun) == ("new", "letter"):
        adj = "新/ADJ 的/PART"
    return build(adj, f"{word(np.noun)}/NOUN")


def noun_phrase(np: NP) -> list[Token]:
    if np.noun in NAMES:
        return entity(NAMED[np.noun], "PER")
    if np.noun == "someone":
        return words("有/VERB 人/NOUN")
    if np.noun == "something" or (np.noun in MASS and not np.definite):
        return _noun(np)
    classifier = NOUNS[np.noun].split()[1]
    if np.definite:
        first = "那些/DET" if classifier == "些" else f"那/DET {classifier}/NOUN"
    else:
        first = f"{NUMBERS[np.count]}/NUM {classifier}/NOUN"
    return build(first, _noun(np))


def _agent(np: NP) -> list[Token]:
    """A profession that begins a sentence is definite as it is."""
    bare = np.noun in PROFESSIONS and not np.adj
    return _noun(np) if bare else noun_phrase(np)


def spot(place: str) -> list[Token]:
    if place in CITIES:
        return build("在/ADP", mark(entity(NAMED[place], "LOC"), "place"))
    noun, *behind = SPOTS[place].split()
    where = mark(words(f"{noun}/NOUN"), "place")
    return build("在/ADP", where, f"{behind[0]}/ADP" if behind else None)


def _time(time: str) -> list[Token]:
    return mark(words(TIMES[time]), "time")


def _adjuncts(e: Event, without: str = "") -> list[Token]:
    return build(
        _time(e.time) if e.time and without != "time" else None,
        spot(e.place) if e.place and without != "place" else None,
    )


def _verb(e: Event, asked: bool = False) -> list[Token]:
    verb = VERBS_OF.get((e.verb, e.patient.noun), VERBS[e.verb])
    if e.negated:
        return words(f"没有/VERB {verb}/VERB")
    if e.verb != "search":
        return words(f"{verb}/VERB 了/PART")
    # a search has no end: no perfective particle, in questions that of experience
    return words(f"{verb}/VERB 过/PART" if asked else f"{verb}/VERB")


def _patients(e: Event) -> list[Token]:
    np = e.patient
    shut = e.verb in ("open", "close") and np.noun in ("door", "window")
    bare = not np.definite if e.negated else shut and np.definite and not np.adj
    first = _noun(np) if bare and np.noun not in NAMES else noun_phrase(np)
    other = build("和/CCONJ", noun_phrase(e.other)) if e.other else None
    return build(mark(first, "patient"), other)


def _act(e: Event, without: str = "", asked: bool = False) -> list[Token]:
    return build(_adjuncts(e, without), _verb(e, asked), _patients(e))


def _clause(e: Event) -> list[Token]:
    agent = mark(_agent(e.agent), "agent")
    if e.front == "then":
        return build("然后/ADV", agent, _act(e))
    if e.front and getattr(e, e.front):
        first = _time(e.time) if e.front == "time" else spot(e.place)
        return build(first, "，/PUNCT", agent, _act(e, e.front))
    return build(agent, _act(e))


def event(e: Event) -> list[Token]:
    return finish(_clause(e), "。")


def transfer(t: Transfer) -> list[Token]:
    giver, taker = (entity(NAMED[x], "PER") for x in (t.giver, t.taker))
    what = noun_phrase(t.patient)
    if t.view == "buy":
        act = build("从/ADP", giver, "那里/PRON 买/VERB 了/PART", what)
    elif t.patient.definite:
        act = build("把/ADP", what, "卖/VERB 给/ADP 了/PART", taker)
    else:
        act = build("卖/VERB 给/ADP 了/PART", taker, what)
    agent = giver if t.view == "sell" else taker
    time = _time(t.time) if t.time else None
    if time and t.front:
        return finish(build(time, "，/PUNCT", agent, act), "。")
    return finish(build(agent, time, act), "。")


def state(s: State) -> list[Token]:
    return finish(build(entity(NAMED[s.name], "PER"), STATES[s.state]), "。")


def because(b: Because) -> list[Token]:
    e, name = b.event, b.event.agent.noun
    if b.so:
        reason = mark(build(entity(NAMED[name], "PER"), STATES[b.state]), "reason")
        return finish(build(reason, "，/PUNCT 所以/ADV", _act(e)), "。")
    pronoun = "她/PRON" if name in WOMEN else "他/PRON"
    reason = mark(build(pronoun, STATES[b.state]), "reason")
    return finish(build(_clause(e), "，/PUNCT 因为/ADP", reason), "。")


def _organisation(org: str) -> list[Token]:
    return mark(entity(ORGS[org], "ORG"), "org")


def _told(f: Fact, year: bool = True) -> list[Token]:
    """The predicate of a fact, without its year for a question."""
    when = mark(words(f"{f.year}/NUM 年/NOUN"), "year") if f.year and year else None
    when = build("于/ADP", when) if when else None
    if f.kind == "work":
        return build("在/ADP", _organisation(f.org), "工作/VERB")
    if f.kind == "found":
        return build(when, "创立/VERB 了/PART", _organisation(f.org))
    verb = "住/VERB 在/ADP" if f.kind == "live" else "出生/VERB 在/ADP"
    return build(when, verb, mark(entity(NAMED[f.city], "LOC"), "city"))


def _person(f: Fact) -> list[Token]:
    return entity(f"{NAMED[f.given]} ·/PUNCT {NAMED[f.surname]}", "PER")


def fact(f: Fact) -> list[Token]:
    return finish(build(mark(_person(f), "person"), _told(f)), "。")


def typical(t: Typical) -> list[Token]:
    found = f"通常/ADV 能/AUX 找到/VERB {word(t.noun)}/NOUN"
    return finish(build(spot(t.place), found), "。")


def use(u: Use) -> list[Token]:
    tool = mark(words(f"{word(u.tool)}/NOUN"), "tool")
    return finish(build("人们/NOUN 用/VERB", tool, PURPOSES[u.tool]), "。")


def phrase(p: Phrase) -> list[Token]:
    text, end = PHRASES[p.id].rsplit(" ", 1)
    return finish(words(text), end)


def question(q: Question) -> list[Token]:
    of = q.of
    if isinstance(of, Event):
        core = _asked(of, q.role)
        core = build("你/PRON 知道/VERB", core, "吗/PART") if q.indirect else core
    elif isinstance(of, Because):
        core = build(noun_phrase(of.event.agent), "为什么/ADV", _act(of.event))
    elif isinstance(of, Typical):
        found = f"通常/ADV 在/ADP 哪里/PRON 能/AUX 找到/VERB {word(of.noun)}/NOUN"
        core = words(found)
    elif isinstance(of, Use):
        core = build("人们/NOUN 用/VERB 什么/PRON", PURPOSES[of.tool])
    else:
        core = _about(of, q.role)
    return finish(mark(core, ""), "？")


def _asked(e: Event, role: str) -> list[Token]:
    """A question about an event: the question word stands where its answer would."""
    agent = _agent(e.agent) if role != "agent" else None
    if role == "agent":
        return build("谁/PRON", _act(e, asked=True))
    if role == "next":
        return build(agent, "接下来/ADV 做/VERB 了/PART 什么/PRON")
    if role == "patient":
        what = "谁/PRON" if e.patient.noun in PEOPLE else "什么/PRON"
        soup = (e.verb, e.patient.noun) == ("eat", "soup")  # its verb tells
        verb = words("吃/VERB 了/PART") if soup else _verb(e, True)
        return build(agent, _adjuncts(e), verb, what)
    if role == "time":
        return build(agent, WHEN, _act(e, "time", True))
    time = _time(e.time) if e.time else None
    return build(agent, time, "在/ADP 哪里/PRON", _verb(e, True), _patients(e))


def _about(f: Fact, role: str) -> list[Token]:
    """A question about a fact: "安娜·凯勒出生在哪里？"."""
    if role == "person":
        return build("谁/PRON", _told(f, year=False))
    person = _person(f)
    if role == "year":
        verb = "出生/VERB" if f.kind == "born" else "创立/VERB"
        org = _organisation(f.org) if f.kind == "found" else None
        return build(person, f"是/AUX {WHEN} {verb}", org, "的/PART")
    rest = {
        "work": "在/ADP 哪里/PRON 工作/VERB",
        "live": "住/VERB 在/ADP 哪里/PRON",
        "born": "出生/VERB 在/ADP 哪里/PRON",
        "found": "创立/VERB 了/PART 哪/DET 家/NOUN 公司/NOUN",
    }
    return build(person, rest[f.kind])
