"""Japanese, in the polite style."""

from __future__ import annotations

from xitt.data.pocket.concepts import ANIMALS, CITIES, NAMES, PEOPLE, PROFESSIONS
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

ENGLISH_NAME, ISO3, SPACES = "Japanese", "jpn", False

NAMED = {
    "anna": "アンナ", "maria": "マリア", "elena": "エレナ", "sara": "サラ",
    "laura": "ローラ", "nina": "ニーナ", "clara": "クララ", "eva": "エヴァ",
    "lucia": "ルシア", "julia": "ジュリア", "sofia": "ソフィア", "irene": "アイリーン",
    "diana": "ダイアナ", "amira": "アミラ", "helena": "ヘレナ", "carla": "カーラ",
    "marta": "マルタ", "olga": "オルガ", "leila": "レイラ", "silvia": "シルビア",
    "david": "デイビッド", "daniel": "ダニエル", "adam": "アダム", "omar": "オマール",
    "peter": "ピーター", "thomas": "トーマス", "martin": "マーティン",
    "victor": "ビクター", "paul": "ポール", "robert": "ロバート", "ivan": "イワン",
    "mark": "マーク", "leo": "レオ", "hugo": "ヒューゴ", "karim": "カリム",
    "oscar": "オスカー", "simon": "サイモン", "felix": "フェリックス",
    "max": "マックス", "samir": "サミール", "keller": "ケラー", "silva": "シルバ",
    "rossi": "ロッシ", "novak": "ノバク", "berg": "バーグ", "costa": "コスタ",
    "weber": "ウェーバー", "moreno": "モレノ", "tanaka": "タナカ", "haddad": "ハダド",
    "lind": "リンド", "fischer": "フィッシャー", "santos": "サントス",
    "romano": "ロマーノ", "jansen": "ヤンセン", "castro": "カストロ",
    "berlin": "ベルリン", "madrid": "マドリード", "cairo": "カイロ",
    "london": "ロンドン", "paris": "パリ", "rome": "ローマ", "moscow": "モスクワ",
    "tokyo": "東京", "delhi": "デリー", "nairobi": "ナイロビ",
    "istanbul": "イスタンブール", "beijing": "北京", "lisbon": "リスボン",
    "vienna": "ウィーン", "new_york": "ニューヨーク",
    "buenos_aires": "ブエノスアイレス", "cape_town": "ケープタウン",
    "mexico_city": "メキシコシティ",
}  # fmt: skip
ORGS = {
    "lumora": "ルモラ", "novatek": "ノバテック", "verdana": "ベルダナ",
    "radio_orion": "ラジオ ・/SYM オリオン", "delta_bank": "デルタ 銀行/NOUN",
    "atlas_motors": "アトラス ・/SYM モーターズ", "terra_foods": "テラ ・/SYM フーズ",
    "university_vienna": "ウィーン 大学/NOUN", "university_cairo": "カイロ 大学/NOUN",
    "bank_tokyo": "東京 銀行/NOUN",
}  # fmt: skip
NOUNS = {  # noun; of what can be counted: counter
    "teacher": "先生", "doctor": "医者", "farmer": "農夫", "student": "学生",
    "baker": "パン 職人", "driver": "運転 手", "engineer": "エンジニア",
    "painter": "画家", "singer": "歌手", "lawyer": "弁護 士", "journalist": "記者",
    "neighbour": "隣人", "book": "本;冊", "letter": "手紙;通", "newspaper": "新聞;部",
    "key": "鍵;本", "ring": "指輪;個", "phone": "携帯 電話;台", "bag": "かばん;個",
    "camera": "カメラ;台", "umbrella": "傘;本", "ticket": "切符;枚",
    "lamp": "ランプ;台", "clock": "時計;個", "chair": "椅子;脚", "table": "テーブル;台",
    "box": "箱;個", "picture": "絵;枚", "radio": "ラジオ;台", "computer": "パソコン;台",
    "cup": "カップ;個", "plate": "皿;枚", "knife": "ナイフ;本", "shirt": "シャツ;枚",
    "dress": "ドレス;着", "hat": "帽子;個", "coat": "コート;着", "car": "車;台",
    "bicycle": "自転 車;台", "boat": "ボート;隻", "door": "ドア;枚", "window": "窓;枚",
    "house": "家;軒", "flower": "花;本", "ball": "ボール;個", "apple": "りんご;個",
    "egg": "卵;個", "cake": "ケーキ;個", "bread": "パン", "rice": "ご飯",
    "soup": "スープ", "cheese": "チーズ", "fish": "魚", "tea": "お茶",
    "coffee": "コーヒー", "water": "水", "milk": "牛乳", "juice": "ジュース",
    "food": "食べ物", "dog": "犬", "cat": "猫", "horse": "馬", "cow": "牛",
    "bird": "鳥", "animal": "動物", "vehicle": "乗り物", "market": "市場",
    "garden": "庭", "park": "公園", "school": "学校", "library": "図書 館",
    "kitchen": "台所", "station": "駅", "restaurant": "レストラン", "hospital": "病院",
    "museum": "美術 館", "hotel": "ホテル", "office": "オフィス", "forest": "森",
    "beach": "浜辺", "village": "村", "farm": "農場",
}  # fmt: skip
ADJECTIVES = {
    "red": "赤い/ADJ", "green": "緑/NOUN の/ADP", "blue": "青い/ADJ",
    "yellow": "黄色い/ADJ", "black": "黒い/ADJ", "white": "白い/ADJ",
    "big": "大きな/ADJ", "small": "小さな/ADJ", "old": "古い/ADJ", "new": "新しい/ADJ",
    "beautiful": "きれい/ADJ な/AUX", "expensive": "高い/ADJ", "cheap": "安い/ADJ",
    "hot": "熱い/ADJ", "cold": "冷たい/ADJ", "fresh": "新鮮/ADJ な/AUX",
    "young": "若い/ADJ", "tall": "背/NOUN の/ADP 高い/ADJ", "famous": "有名/ADJ な/AUX",
}  # fmt: skip
ADJECTIVES_OF = {  # what one says of this noun
    ("hot", "rice"): "温かい/ADJ", ("hot", "soup"): "温かい/ADJ",
    ("hot", "milk"): "温かい/ADJ", ("fresh", "bread"): "焼きたて/NOUN の/ADP",
}  # fmt: skip
VERBS = {  # stem, plain past; "~": a noun that takes する
    "buy": "買い 買っ た", "sell": "売り 売っ た", "open": "開け 開け た",
    "close": "閉め 閉め た", "find": "見つけ 見つけ た", "lose": "なくし なくし た",
    "repair": "修理 ~", "break": "壊し 壊し た", "read": "読み 読ん だ",
    "write": "書き 書い た", "eat": "食べ 食べ た", "cook": "料理 ~",
    "drink": "飲み 飲ん だ", "wash": "洗い 洗っ た", "paint": "描き 描い た",
    "send": "送り 送っ た", "receive": "受け取り 受け取っ た", "see": "見 見 た",
    "meet": "会い 会っ た", "invite": "招待 ~", "visit": "訪ね 訪ね た",
    "greet": "挨拶 ~", "search": "探し 探し た",
}  # fmt: skip
PAINTED = ("chair", "table", "box", "door", "boat", "house", "bicycle")
VERBS_OF = {  # another verb for the same act on another thing
    ("open", "book"): "開き 開い た", ("open", "umbrella"): "開き 開い た",
    ("close", "book"): "閉じ 閉じ た", ("close", "umbrella"): "閉じ 閉じ た",
    ("eat", "soup"): "飲み 飲ん だ", ("cook", "rice"): "炊き 炊い た",
    ("cook", "soup"): "作り 作っ た",
    **{("break", noun): "割り 割っ た" for noun in ("cup", "plate", "window")},
    **{("paint", x): "塗り 塗っ た" for x in PAINTED},
    **{("see", person): "見かけ 見かけ た" for person in PEOPLE},
}  # fmt: skip
PARTICLES = {"meet": "に/ADP", "greet": "に/ADP"}  # of the object, else を
TIMES = {  # a time without に takes a comma
    "yesterday": "昨日/ADV", "last_week": "先週/ADV", "morning": "朝/NOUN",
    "afternoon": "午後/NOUN に/ADP", "evening": "夕方/NOUN に/ADP",
    "monday": "月曜/NOUN 日/NOUN に/ADP", "wednesday": "水曜/NOUN 日/NOUN に/ADP",
    "friday": "金曜/NOUN 日/NOUN に/ADP", "saturday": "土曜/NOUN 日/NOUN に/ADP",
    "sunday": "日曜/NOUN 日/NOUN に/ADP", "may": "5/NUM 月/NOUN に/ADP",
    "october": "10/NUM 月/NOUN に/ADP", "summer": "夏/NOUN に/ADP",
    "winter": "冬/NOUN に/ADP",
}  # fmt: skip
FEELINGS = {  # before まし た or た
    "hungry": "お腹/NOUN が/ADP すい/VERB て/SCONJ い/AUX",
    "thirsty": "喉/NOUN が/ADP 渇い/VERB て/SCONJ い/AUX",
    "tired": "疲れ/VERB て/SCONJ い/AUX", "ill": "病気/NOUN だっ/AUX",
    "happy": "喜ん/VERB で/SCONJ い/AUX", "bored": "退屈/VERB し/AUX て/SCONJ い/AUX",
    "cold_state": "寒がっ/VERB て/SCONJ い/AUX",
}  # fmt: skip
OWN_FEELINGS = {"happy": "うれしかっ/ADJ", "cold_state": "寒かっ/ADJ"}  # as reasons
PURPOSES = {
    "knife": "パン/NOUN を/ADP 切る/VERB", "key": "ドア/NOUN を/ADP 開ける/VERB",
    "umbrella": "雨/NOUN を/ADP よける/VERB", "clock": "時刻/NOUN を/ADP 知る/VERB",
    "lamp": "夜/NOUN に/ADP 本/NOUN を/ADP 読む/VERB",
    "cup": "お茶/NOUN を/ADP 飲む/VERB", "camera": "写真/NOUN を/ADP 撮る/VERB",
    "phone": "友達/NOUN に/ADP 電話/NOUN を/ADP かける/VERB",
    "bicycle": "学校/NOUN に/ADP 通う/VERB", "bag": "本/NOUN を/ADP 運ぶ/VERB",
    "boat": "川/NOUN を/ADP 渡る/VERB", "coat": "寒さ/NOUN を/ADP 防ぐ/VERB",
}  # fmt: skip
PHRASES = {
    "good_morning": "おはよう/INTJ ござい/VERB ます/AUX ！",
    "good_night": "おやすみ/INTJ なさい/VERB ！",
    "thank_you": "どうも/ADV ありがとう/ADJ ござい/VERB ます/AUX ！",
    "excuse_me": "すみ/VERB ませ/AUX ん/AUX ！",
    "how_are_you": "お/NOUN 元気/ADJ です/AUX か/PART ？",
    "i_am_fine": "元気/ADJ です/AUX 。",
    "what_is_your_name": "お/NOUN 名前/NOUN は/ADP 何/PRON です/AUX か/PART ？",
    "where_is_the_station": "駅/NOUN は/ADP どこ/PRON です/AUX か/PART ？",
    "how_much_is_this": "これ/PRON は/ADP いくら/NOUN です/AUX か/PART ？",
    "i_do_not_understand": "わかり/VERB ませ/AUX ん/AUX 。",
    "i_am_learning_english": "英語/NOUN を/ADP 学ん/VERB で/SCONJ い/AUX ます/AUX 。",
    "i_am_hungry": "お腹/NOUN が/ADP すき/VERB まし/AUX た/AUX 。",
    "it_is_raining": "雨/NOUN が/ADP 降っ/VERB て/SCONJ い/AUX ます/AUX 。",
    "it_is_late": "もう/ADV 遅い/ADJ です/AUX 。",
    "we_are_tired": "私/PRON たち/NOUN は/ADP 疲れ/VERB て/SCONJ い/AUX ます/AUX 。",
    "please_sit_down": "どうぞ/ADV 座っ/VERB て/SCONJ ください/AUX 。",
    "see_you_tomorrow": "また/ADV 明日/NOUN ！",
    "happy_birthday": "お/NOUN 誕生/NOUN 日/NOUN おめでとう/ADJ ！",
    "what_time_is_it": "今/ADV 何/NUM 時/NOUN です/AUX か/PART ？",
    "do_you_speak_english": "英語/NOUN が/ADP 話せ/VERB ます/AUX か/PART ？",
    "i_live_here": "ここ/PRON に/ADP 住ん/VERB で/SCONJ い/AUX ます/AUX 。",
    "i_like_music": "音楽/NOUN が/ADP 好き/ADJ です/AUX 。",
    "come_in": "どうぞ/ADV 入っ/VERB て/SCONJ ください/AUX ！",
    "who_is_there": "どなた/PRON です/AUX か/PART ？",
    "this_is_my_house": "これ/PRON は/ADP 私/PRON の/ADP 家/NOUN です/AUX 。",
    "i_have_two_brothers": "兄弟/NOUN が/ADP 2/NUM 人/NOUN い/VERB ます/AUX 。",
    "she_is_my_sister": "彼女/PRON は/ADP 私/PRON の/ADP 姉/NOUN です/AUX 。",
    "we_are_going_home":
        "私/PRON たち/NOUN は/ADP 家/NOUN に/ADP 帰り/VERB ます/AUX 。",
    "i_need_help": "助け/NOUN が/ADP 必要/ADJ です/AUX 。",
    "the_food_is_good": "料理/NOUN は/ADP おいしい/ADJ です/AUX 。",
}  # fmt: skip
PAST, NOT = "まし/AUX た/AUX", "ませ/AUX ん/AUX でし/AUX た/AUX"
FACTS = {
    "work": "で/ADP 働い/VERB て/SCONJ い/AUX ます/AUX",
    "live": "に/ADP 住ん/VERB で/SCONJ い/AUX ます/AUX",
    "born": "で/ADP 生まれ/VERB まし/AUX た/AUX",
    "found": "を/ADP 設立/VERB し/AUX まし/AUX た/AUX",
}  # fmt: skip
SOME = {"someone": "誰/PRON か/ADP", "something": "何/PRON か/ADP"}


def word(concept: str) -> str:
    if concept in NOUNS:
        return NOUNS[concept].split(";")[0].replace(" ", "")
    if concept in VERBS:
        stem = VERBS[concept].split()[0]
        return f"{stem}しました" if "~" in VERBS[concept] else f"{stem}ました"
    if concept in NAMED:
        return NAMED[concept]
    return "".join(token.text for token in words((ADJECTIVES | SOME)[concept]))


def _name(concept: str, kind: str) -> list[Token]:
    return entity(NAMED[concept], kind)


def _noun(np: NP) -> list[Token]:
    """The noun phrase without its number; there are no articles."""
    if np.noun in NAMES:
        return _name(np.noun, "PER")
    if np.noun in SOME:
        return words(SOME[np.noun])
    adj = ADJECTIVES_OF.get((np.adj, np.noun)) or ADJECTIVES.get(np.adj)
    noun = "お湯" if (np.adj, np.noun) == ("hot", "water") else NOUNS[np.noun]
    return build(adj, *(f"{part}/NOUN" for part in noun.split(";")[0].split()))


def _number(np: NP) -> list[Token]:
    return words(f"{np.count}/NUM {NOUNS[np.noun].split(';')[1]}/NOUN")


def noun_phrase(np: NP) -> list[Token]:
    return build(_number(np), "の/ADP", _noun(np)) if np.count > 1 else _noun(np)


def spot(place: str, particle: str = "で/ADP") -> list[Token]:
    where = _name(place, "LOC") if place in CITIES else _noun(NP(place))
    return build(mark(where, "place"), particle)


def _time(time: str, front: bool = False) -> list[Token]:
    """The time; with a comma where it is in front or has no particle."""
    comma = front or not TIMES[time].endswith("に/ADP")
    return build(mark(words(TIMES[time]), "time"), "、/PUNCT" if comma else None)


def _adjuncts(e: Event, without: str = "") -> list[Token]:
    return build(
        _time(e.time) if e.time and without != "time" else None,
        spot(e.place) if e.place and without != "place" else None,
    )


def _verb(verb: str, ending: str) -> list[Token]:
    """ending: polite, to be added to the stem, or "" for the plain past."""
    stem, past, *end = verb.split()
    if past == "~":
        return words(f"{stem}/VERB し/AUX {ending or 'た/AUX'}")
    return words(f"{stem}/VERB {ending}" if ending else f"{past}/VERB {end[0]}/AUX")


def _predicate(e: Event, ending: str) -> list[Token]:
    return _verb(VERBS_OF.get((e.verb, e.patient.noun), VERBS[e.verb]), ending)


def _patients(e: Event) -> list[Token]:
    """The objects with their particle; a number stands after it."""
    particle = PARTICLES.get(e.verb, "を/ADP")
    if e.other:
        first = mark(noun_phrase(e.patient), "patient")
        return build(first, "と/ADP", noun_phrase(e.other), particle)
    if e.patient.count > 1:
        counted = build(_noun(e.patient), particle, _number(e.patient))
        return mark(counted, "patient")
    return build(mark(_noun(e.patient), "patient"), particle)


def _act(e: Event, ending: str, without: str = "") -> list[Token]:
    return build(_adjuncts(e, without), _patients(e), _predicate(e, ending))


def event(e: Event) -> list[Token]:
    ending = NOT if e.negated else PAST
    particle = "が/ADP" if e.agent.noun == "someone" else "は/ADP"
    agent = build(mark(_noun(e.agent), "agent"), particle)
    if e.front == "then":
        core = build("それ/CCONJ から/ADP", agent, _act(e, ending))
    elif e.front and getattr(e, e.front):
        first = (
            _time(e.time, True)
            if e.front == "time"
            else build(spot(e.place), "、/PUNCT")
        )
        core = build(first, agent, _act(e, ending, e.front))
    else:
        core = build(agent, _act(e, ending))
    return finish(core, "。")


def transfer(t: Transfer) -> list[Token]:
    sold = t.view == "sell"
    agent, party = (t.giver, t.taker) if sold else (t.taker, t.giver)
    agent = build(_name(agent, "PER"), "は/ADP")
    party = build(_name(party, "PER"), "に/ADP" if sold else "から/ADP")
    act = build(party, _noun(t.patient), "を/ADP", _verb(VERBS[t.view], PAST))
    if t.time and t.front:
        return finish(build(_time(t.time, True), agent, act), "。")
    return finish(build(agent, _time(t.time) if t.time else None, act), "。")


def state(s: State) -> list[Token]:
    ill = "病気/NOUN でし/AUX た/AUX"
    feels = ill if s.state == "ill" else f"{FEELINGS[s.state]} {PAST}"
    return finish(build(_name(s.name, "PER"), "は/ADP", feels), "。")


def because(b: Because) -> list[Token]:
    """so: "... ので、 ..."; otherwise "... のは、 ... からです"."""
    e, name = b.event, _name(b.event.agent.noun, "PER")
    feels = f"{OWN_FEELINGS.get(b.state, FEELINGS[b.state])} た/AUX"
    if b.so:
        reason = mark(build(name, "は/ADP", feels), "reason")
        return finish(build(reason, "の/SCONJ で/AUX 、/PUNCT", _act(e, PAST)), "。")
    done = build(mark(name, "agent"), "が/ADP", _act(e, ""), "の/SCONJ は/ADP 、/PUNCT")
    reason = mark(words(feels), "reason")
    return finish(build(done, reason, "から/SCONJ です/AUX"), "。")


def _organisation(org: str) -> list[Token]:
    return mark(entity(ORGS[org], "ORG"), "org")


def _told(f: Fact, year: bool = True) -> list[Token]:
    """The predicate of a fact, without its year for a question."""
    dated = year and f.kind in ("born", "found")
    when = mark(words(f"{f.year}/NUM 年/NOUN"), "year") if dated else []
    company = f.kind in ("work", "found")
    what = _organisation(f.org) if company else mark(_name(f.city, "LOC"), "city")
    return build(when, "に/ADP" if dated else None, what, FACTS[f.kind])


def _person(f: Fact) -> list[Token]:
    return entity(f"{NAMED[f.given]} ・/SYM {NAMED[f.surname]}", "PER")


def fact(f: Fact) -> list[Token]:
    return finish(build(mark(_person(f), "person"), "は/ADP", _told(f)), "。")


def _typical(noun: str, where: list[Token]) -> list[Token]:
    there = "い/VERB" if noun in [*ANIMALS, *PROFESSIONS] else "あり/VERB"
    usually = "は/ADP たいてい/ADV"
    return build(_noun(NP(noun)), usually, where, f"{there} ます/AUX")


def typical(t: Typical) -> list[Token]:
    return finish(_typical(t.noun, spot(t.place, "に/ADP")), "。")


def _used(tool: str, what: list[Token]) -> list[Token]:
    used = "を/ADP 使い/VERB ます/AUX"
    return build(PURPOSES[tool], "の/SCONJ に/ADP", what, used)


def use(u: Use) -> list[Token]:
    return finish(_used(u.tool, mark(_noun(NP(u.tool)), "tool")), "。")


def phrase(p: Phrase) -> list[Token]:
    text, end = PHRASES[p.id].rsplit(" ", 1)
    return finish(words(text), end)


def question(q: Question) -> list[Token]:
    of = q.of
    if isinstance(of, Event) and q.indirect:
        know = "か/PART 知っ/VERB て/SCONJ い/AUX ます/AUX"
        core = build(_asked(of, q.role, ""), know)
    elif isinstance(of, Event):
        core = _asked(of, q.role, PAST)
    elif isinstance(of, Because):
        why = build(_noun(of.event.agent), "は/ADP なぜ/ADV")
        core = build(why, _act(of.event, ""), "の/SCONJ です/AUX")
    elif isinstance(of, Typical):
        core = _typical(of.noun, words("どこ/PRON に/ADP"))
    elif isinstance(of, Use):
        core = _used(of.tool, words("何/PRON"))
    else:
        core = _about(of, q.role)
    return finish(mark(build(core, "か/PART"), ""), "？")


def _asked(e: Event, role: str, ending: str) -> list[Token]:
    """A question about an event: the question word stands where its answer would."""
    if role == "agent":
        return build("誰/PRON が/ADP", _act(e, ending))
    agent = build(_noun(e.agent), "は/ADP" if ending else "が/ADP")
    if role == "next":
        return build(agent, f"次/NOUN に/ADP 何/PRON を/ADP し/VERB {PAST}")
    if role == "patient":
        what = "誰/PRON" if e.patient.noun in PEOPLE else "何/PRON"
        soup = (e.verb, e.patient.noun) == ("eat", "soup")  # its verb tells
        verb = _verb(VERBS["eat"], ending) if soup else _predicate(e, ending)
        particle = PARTICLES.get(e.verb, "を/ADP")
        return build(agent, _adjuncts(e), what, particle, verb)
    if role == "time":
        return build(agent, "いつ/PRON", _act(e, ending, "time"))
    time = _time(e.time) if e.time else None
    act = build(_patients(e), _predicate(e, ending))
    return build(agent, time, "どこ/PRON で/ADP", act)


def _about(f: Fact, role: str) -> list[Token]:
    """A question about a fact: "アンナ・ケラーはどこで生まれましたか？"."""
    if role == "person":
        return build("誰/PRON が/ADP", _told(f, year=False))
    what = "どの/DET 会社/NOUN" if f.kind == "found" else "どこ/PRON"
    rest = build(what, FACTS[f.kind])
    if role == "year" and f.kind == "found":
        rest = build("いつ/PRON", _organisation(f.org), FACTS["found"])
    elif role == "year":
        rest = build("いつ/PRON", words(FACTS["born"])[1:])
    return build(_person(f), "は/ADP", rest)
