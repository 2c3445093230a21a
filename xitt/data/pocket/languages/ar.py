"""Modern Standard Arabic, without vowel signs.

The verb comes first, but for a named patient, whose name would run into the agent's
("آنا قابلت إيفان"). Clitics are tokens of their own, and tags are, as in the part of
XTREME's Arabic from the Parallel UD treebank; weekdays and months are NOUN, as in PADT.
"""

from __future__ import annotations

from dataclasses import replace

from xitt.data.pocket import meanings as m
from xitt.data.pocket.concepts import CITIES, NAMES, PEOPLE, WOMEN
from xitt.data.pocket.grammar import Token, build, entity, finish, mark, words

ENGLISH_NAME, ISO3, SPACES = "Arabic", "ara", True

_NAMES = """
    anna=آنا maria=ماريا elena=إيلينا sara=سارة laura=لورا nina=نينا clara=كلارا
    eva=إيفا lucia=لوسيا julia=جوليا sofia=صوفيا irene=إيرين diana=ديانا amira=أميرة
    helena=هيلينا carla=كارلا marta=مارتا olga=أولغا leila=ليلى silvia=سيلفيا
    david=ديفيد daniel=دانيال adam=آدم omar=عمر peter=بيتر thomas=توماس martin=مارتن
    victor=فيكتور paul=بول robert=روبرت ivan=إيفان mark=مارك leo=ليو hugo=هوغو
    karim=كريم oscar=أوسكار simon=سيمون felix=فيليكس max=ماكس samir=سمير keller=كيلر
    silva=سيلفا rossi=روسي novak=نوفاك berg=بيرغ costa=كوستا weber=فيبر moreno=مورينو
    tanaka=تاناكا haddad=حداد lind=ليند fischer=فيشر santos=سانتوس romano=رومانو
    jansen=يانسن castro=كاسترو berlin=برلين madrid=مدريد cairo=القاهرة london=لندن
    paris=باريس rome=روما moscow=موسكو tokyo=طوكيو delhi=دلهي nairobi=نيروبي
    istanbul=إسطنبول beijing=بكين lisbon=لشبونة vienna=فيينا new_york=نيويورك
    buenos_aires=بوينس_آيرس cape_town=كيب_تاون mexico_city=مكسيكو_سيتي lumora=لومورا
    novatek=نوفاتك verdana=فيردانا radio_orion=راديو_أوريون delta_bank=بنك_دلتا
    atlas_motors=أطلس_موتورز terra_foods=تيرا_فودز university_vienna=جامعة_فيينا
    university_cairo=جامعة_القاهرة bank_tokyo=بنك_طوكيو
"""
_PAIRS = (pair.split("=") for pair in _NAMES.split())
NAMED = {concept: name.replace("_", " ") for concept, name in _PAIRS}
COMPANIES = ("lumora", "novatek", "verdana", "atlas_motors", "terra_foods")
NOUNS = {  # singular, gender, dual (accusative), plural
    "teacher": "معلم m", "doctor": "طبيب m - أطباء", "farmer": "مزارع m",
    "student": "طالب m - طلاب", "baker": "خباز m", "driver": "سائق m",
    "engineer": "مهندسة f", "painter": "رسام m", "singer": "مغنية f",
    "lawyer": "محامية f", "journalist": "صحفية f", "neighbour": "جار m",
    "book": "كتاب m كتابين كتب", "letter": "رسالة f رسالتين رسائل",
    "newspaper": "جريدة f جريدتين جرائد", "key": "مفتاح m مفتاحين مفاتيح",
    "ring": "خاتم m خاتمين خواتم", "phone": "هاتف m هاتفين هواتف",
    "bag": "حقيبة f حقيبتين حقائب", "camera": "كاميرا f كاميرتين كاميرات",
    "umbrella": "مظلة f مظلتين مظلات", "ticket": "تذكرة f تذكرتين تذاكر",
    "lamp": "مصباح m مصباحين مصابيح", "clock": "ساعة f ساعتين ساعات",
    "chair": "كرسي m كرسيين كراسي", "table": "طاولة f طاولتين طاولات",
    "box": "صندوق m صندوقين صناديق", "picture": "لوحة f لوحتين لوحات",
    "radio": "مذياع m مذياعين مذاييع", "computer": "حاسوب m حاسوبين حواسيب",
    "cup": "كوب m كوبين أكواب", "plate": "طبق m طبقين أطباق",
    "knife": "سكين m سكينين سكاكين", "shirt": "قميص m قميصين قمصان",
    "dress": "فستان m فستانين فساتين", "hat": "قبعة f قبعتين قبعات",
    "coat": "معطف m معطفين معاطف", "car": "سيارة f سيارتين سيارات",
    "bicycle": "دراجة f دراجتين دراجات", "boat": "قارب m قاربين قوارب",
    "door": "باب m بابين أبواب", "window": "نافذة f نافذتين نوافذ",
    "house": "بيت m بيتين بيوت", "flower": "زهرة f زهرتين زهور",
    "ball": "كرة f كرتين كرات", "apple": "تفاحة f تفاحتين تفاحات",
    "egg": "بيضة f بيضتين بيضات", "cake": "كعكة f كعكتين كعكات", "bread": "خبز m",
    "rice": "أرز m", "soup": "حساء m", "cheese": "جبن m", "fish": "سمك m",
    "tea": "شاي m", "coffee": "قهوة f", "water": "ماء m", "milk": "حليب m",
    "juice": "عصير m", "dog": "كلب m", "cat": "قطة f", "horse": "حصان m",
    "cow": "بقرة f - أبقار", "bird": "طائر m", "animal": "حيوان m",
    "vehicle": "مركبة f", "food": "طعام m",
}  # fmt: skip
ADJECTIVES = {  # masculine, its accusative, feminine, duals (accusative)
    "red": "أحمر أحمر حمراء أحمرين حمراوين", "green": "أخضر أخضر خضراء أخضرين خضراوين",
    "blue": "أزرق أزرق زرقاء أزرقين زرقاوين",
    "yellow": "أصفر أصفر صفراء أصفرين صفراوين",
    "black": "أسود أسود سوداء أسودين سوداوين",
    "white": "أبيض أبيض بيضاء أبيضين بيضاوين", "big": "كبير كبيرا كبيرة كبيرين كبيرتين",
    "small": "صغير صغيرا صغيرة صغيرين صغيرتين",
    "old": "قديم قديما قديمة قديمين قديمتين", "new": "جديد جديدا جديدة جديدين جديدتين",
    "beautiful": "جميل جميلا جميلة جميلين جميلتين",
    "expensive": "غال غاليا غالية غاليين غاليتين",
    "cheap": "رخيص رخيصا رخيصة رخيصين رخيصتين", "hot": "ساخن ساخنا ساخنة",
    "cold": "بارد باردا باردة", "fresh": "طازج طازجا طازجة طازجين طازجتين",
    "young": "شاب شابا شابة", "tall": "طويل طويلا طويلة",
    "famous": "مشهور مشهورا مشهورة",
}  # fmt: skip
VERBS = {  # past and, after لم, jussive; masculine and feminine of each; preposition
    "buy": "اشترى اشترت يشتر تشتر", "sell": "باع باعت يبع تبع",
    "open": "فتح فتحت يفتح تفتح", "close": "أغلق أغلقت يغلق تغلق",
    "find": "وجد وجدت يجد تجد", "lose": "فقد فقدت يفقد تفقد",
    "repair": "أصلح أصلحت يصلح تصلح", "break": "كسر كسرت يكسر تكسر",
    "read": "قرأ قرأت يقرأ تقرأ", "write": "كتب كتبت يكتب تكتب",
    "eat": "أكل أكلت يأكل تأكل", "cook": "طبخ طبخت يطبخ تطبخ",
    "drink": "شرب شربت يشرب تشرب", "wash": "غسل غسلت يغسل تغسل",
    "paint": "دهن دهنت يدهن تدهن", "send": "أرسل أرسلت يرسل ترسل",
    "receive": "استلم استلمت يستلم تستلم", "see": "رأى رأت ير تر",
    "meet": "قابل قابلت يقابل تقابل", "invite": "دعا دعت يدع تدع",
    "visit": "زار زارت يزر تزر", "greet": "سلم سلمت يسلم تسلم على",
    "search": "بحث بحثت يبحث تبحث عن",
    "draw": "رسم رسمت يرسم ترسم",  # what one paints, if it is a picture or a flower
}  # fmt: skip
NUMBERS = {  # with a feminine noun, with a masculine one
    3: ("ثلاث", "ثلاثة"), 4: ("أربع", "أربعة"), 5: ("خمس", "خمسة"), 10: ("عشر", "عشرة"),
}  # fmt: skip
SPOTS = {
    "market": "سوق", "garden": "حديقة", "park": "متنزه", "school": "مدرسة",
    "library": "مكتبة", "kitchen": "مطبخ", "station": "محطة", "restaurant": "مطعم",
    "hospital": "مستشفى", "museum": "متحف", "hotel": "فندق", "office": "مكتب",
    "forest": "غابة", "beach": "شاطئ", "village": "قرية", "farm": "مزرعة",
}  # fmt: skip
TIMES = {
    "yesterday": "أمس/ADV", "last_week": "الأسبوع/NOUN الماضي/ADJ",
    "morning": "في/ADP الصباح/NOUN", "afternoon": "بعد/ADP الظهر/NOUN",
    "evening": "في/ADP المساء/NOUN", "monday": "يوم/NOUN الاثنين/NOUN",
    "wednesday": "يوم/NOUN الأربعاء/NOUN", "friday": "يوم/NOUN الجمعة/NOUN",
    "saturday": "يوم/NOUN السبت/NOUN", "sunday": "يوم/NOUN الأحد/NOUN",
    "may": "في/ADP مايو/NOUN", "october": "في/ADP أكتوبر/NOUN",
    "summer": "في/ADP الصيف/NOUN", "winter": "في/ADP الشتاء/NOUN",
}  # fmt: skip
STATES = {  # masculine, feminine
    "hungry": ["جائعا/ADJ", "جائعة/ADJ"], "thirsty": ["عطشان/ADJ", "عطشى/ADJ"],
    "tired": ["متعبا/ADJ", "متعبة/ADJ"], "ill": ["مريضا/ADJ", "مريضة/ADJ"],
    "happy": ["سعيدا/ADJ", "سعيدة/ADJ"],
    "bored": [f"{feels}/VERB ب+/ADP الملل/NOUN" for feels in ("يشعر", "تشعر")],
    "cold_state": [f"{feels}/VERB ب+/ADP البرد/NOUN" for feels in ("يشعر", "تشعر")],
}  # fmt: skip
PURPOSES = {  # after ل, which takes away the alif of the article (للذهاب)
    "knife": "قطع/NOUN الخبز/NOUN", "key": "فتح/NOUN الباب/NOUN",
    "umbrella": "اتقاء/NOUN المطر/NOUN", "lamp": "إضاءة/NOUN الغرفة/NOUN",
    "clock": "معرفة/NOUN الوقت/NOUN", "cup": "شرب/NOUN الشاي/NOUN",
    "camera": "التقاط/NOUN الصور/NOUN", "phone": "مكالمة/NOUN الأصدقاء/NOUN",
    "bicycle": "لذهاب/NOUN إلى/ADP المدرسة/NOUN", "bag": "حمل/NOUN الكتب/NOUN",
    "boat": "عبور/NOUN النهر/NOUN", "coat": "تدفئة/NOUN الجسم/NOUN",
}  # fmt: skip
PHRASES = {
    "good_morning": "صباح/NOUN الخير/NOUN !",
    "good_night": "تصبح/VERB على/ADP خير/NOUN !", "thank_you": "شكرا/NOUN جزيلا/ADJ !",
    "excuse_me": "عفوا/INTJ !", "how_are_you": "كيف/ADV حال+/NOUN ك/PRON ؟",
    "i_am_fine": "أنا/PRON ب+/ADP خير/NOUN .",
    "what_is_your_name": "ما/PRON اسم+/NOUN ك/PRON ؟",
    "where_is_the_station": "أين/ADV المحطة/NOUN ؟",
    "how_much_is_this": "ب+/ADP كم/PRON هذا/PRON ؟",
    "i_do_not_understand": "أنا/PRON لا/PART أفهم/VERB .",
    "i_am_learning_english": "أنا/PRON أتعلم/VERB اللغة/NOUN الإنجليزية/ADJ .",
    "i_am_hungry": "أنا/PRON جائع/ADJ .",
    "it_is_raining": "إن+/PART ها/PRON تمطر/VERB .",
    "it_is_late": "الوقت/NOUN متأخر/ADJ .", "we_are_tired": "نحن/PRON متعبون/ADJ .",
    "please_sit_down": "تفضل/VERB ب+/ADP الجلوس/NOUN .",
    "see_you_tomorrow": "أرا+/VERB ك/PRON غدا/ADV !",
    "happy_birthday": "عيد/NOUN ميلاد/NOUN سعيد/ADJ !",
    "what_time_is_it": "كم/PRON الساعة/NOUN الآن/ADV ؟",
    "do_you_speak_english": "هل/PART تتحدث/VERB الإنجليزية/NOUN ؟",
    "i_live_here": "أنا/PRON أسكن/VERB هنا/ADV .",
    "i_like_music": "أحب/VERB الموسيقى/NOUN .",
    "come_in": "تفضل/VERB ب+/ADP الدخول/NOUN !", "who_is_there": "من/PRON هناك/ADV ؟",
    "this_is_my_house": "هذا/PRON بيت+/NOUN ي/PRON .",
    "i_have_two_brothers": "عند+/ADP ي/PRON أخوان/NOUN .",
    "she_is_my_sister": "هي/PRON أخت+/NOUN ي/PRON .",
    "we_are_going_home": "نحن/PRON ذاهبون/ADJ إلى/ADP البيت/NOUN .",
    "i_need_help": "أحتاج/VERB إلى/ADP مساعدة/NOUN .",
    "the_food_is_good": "الطعام/NOUN لذيذ/ADJ .",
}  # fmt: skip
LEXICON = {**NOUNS, **ADJECTIVES, **SPOTS, **VERBS, "someone": "أحدهم"}
LEXICON |= {"something": "شيء", "expensive": "غالية"}  # غال is rarely seen


def word(concept: str) -> str:
    return NAMED[concept] if concept in NAMED else LEXICON[concept].split()[0]


def _name(concept: str, kind: str) -> list[Token]:
    return entity(NAMED[concept], kind)


def _feminine(noun: str) -> bool:
    return noun in WOMEN or NOUNS.get(noun, "").split()[1:2] == ["f"]


def _tanwin(noun: str) -> str:
    """The indefinite accusative: ا, but not after ة, or a hamza or alif after alif."""
    return noun if noun.endswith(("ة", "اء", "ا")) else noun + "ا"


def noun_phrase(np: m.NP, case: str = "") -> list[Token]:
    """An NP in the nominative, the accusative ("acc") or the genitive ("gen")."""
    if np.noun in NAMES:
        return _name(np.noun, "PER")
    if np.noun == "someone":
        return words("أحد+/NOUN هم/PRON")
    if np.noun == "something":
        return words("شيئا/NOUN" if case == "acc" else "شيء/NOUN")
    noun, _, *more = NOUNS[np.noun].split()
    forms = ADJECTIVES[np.adj].split() if np.adj else []
    feminine = _feminine(np.noun)
    number = None
    if np.count > 2:  # plurals of things have their adjective in the feminine singular
        number = f"{NUMBERS[np.count][not feminine]}/NUM"
        noun, adj = more[1], forms[2:3]
    elif np.count == 2:
        noun, adj = more[0], forms[3 + feminine :][:1]
        if not case:  # the nominative of the dual
            noun, adj = noun[:-2] + "ان", [form[:-2] + "ان" for form in adj]
    elif np.definite:
        masculine = "غالي" if np.adj == "expensive" else "".join(forms[:1])
        adj = ["ال" + (forms[2] if feminine else masculine)] if forms else []
        noun = "ال" + noun
    else:
        adj = forms[2:3] if feminine else forms[case == "acc" :][:1]
        noun = _tanwin(noun) if case == "acc" else noun
    return build(number, f"{noun}/NOUN", f"{adj[0]}/ADJ" if adj else None)


def spot(place: str) -> list[Token]:
    city = place in CITIES
    where = _name(place, "LOC") if city else words(f"ال{SPOTS[place]}/NOUN")
    return build("على/ADP" if place == "beach" else "في/ADP", mark(where, "place"))


def _adjuncts(e: m.Event, without: str = "") -> list[Token]:
    when = mark(words(TIMES[e.time]), "time") if e.time and without != "time" else None
    return build(spot(e.place) if e.place and without != "place" else None, when)


def _verb(e: m.Event, feminine: bool, verb: str = "") -> list[Token]:
    forms = VERBS[verb or e.verb].split()
    form = forms[2 * e.negated + feminine]
    return build("لم/PART" if e.negated else None, f"{form}/VERB")


def _patients(e: m.Event) -> list[Token]:
    """The patients with the preposition that the verb wants, if any."""
    preposition = VERBS[e.verb].split()[4:]
    case = "gen" if preposition else "acc"
    other = build("و+/CCONJ", noun_phrase(e.other, case)) if e.other else None
    patient = mark(noun_phrase(e.patient, case), "patient")
    return build(*(f"{p}/ADP" for p in preposition), patient, other)


def _act(
    e: m.Event, agent: list[Token], without: str = "", first: bool = False
) -> list[Token]:
    """Verb, agent, patients, place and time; `first`: the agent before the verb."""
    drawn = {e.patient.noun, e.other.noun if e.other else ""} & {"picture", "flower"}
    feminine = bool(agent) and _feminine(e.agent.noun)
    verb = _verb(e, feminine, "draw" if e.verb == "paint" and drawn else "")
    core = [*agent, *verb] if first else [*verb, *agent]
    return build(core, _patients(e), _adjuncts(e, without))


def _agent(e: m.Event) -> list[Token]:
    return mark(noun_phrase(e.agent), "agent")


def _clause(e: m.Event) -> list[Token]:
    front = {"then": words("ثم/CCONJ"), "": []}
    front["time"] = build(_adjuncts(e, "place"), "،/PUNCT") if e.time else []
    front["place"] = build(_adjuncts(e, "time"), "،/PUNCT") if e.place else []
    named = e.patient.noun in NAMES and len(VERBS[e.verb].split()) == 4
    first = named and e.agent.noun != "someone" and e.front != "then"
    return build(front[e.front], _act(e, _agent(e), e.front, first))


def event(e: m.Event) -> list[Token]:
    return finish(_clause(e))


def transfer(t: m.Transfer) -> list[Token]:
    agent, party = (t.giver, t.taker) if t.view == "sell" else (t.taker, t.giver)
    e = m.Event(m.NP(agent), t.view, t.patient)
    to = build("ل+/ADP" if t.view == "sell" else "من/ADP", _name(party, "PER"))
    core = build(_act(e, _agent(e)), to)
    when = words(TIMES[t.time]) if t.time else None
    if t.time and t.front:
        return finish(build(when, "،/PUNCT", core))
    return finish(build(core, when))


def _feels(state: str, name: str, subject: list[Token]) -> list[Token]:
    woman = name in WOMEN
    return build("كانت/AUX" if woman else "كان/AUX", subject, STATES[state][woman])


def state(s: m.State) -> list[Token]:
    return finish(_feels(s.state, s.name, _name(s.name, "PER")))


def because(b: m.Because) -> list[Token]:
    e, name = b.event, b.event.agent.noun
    if b.so:
        reason = mark(_feels(b.state, name, _name(name, "PER")), "reason")
        act = build(_verb(e, name in WOMEN), _patients(e), _adjuncts(e))
        return finish(build(reason, "،/PUNCT ل+/ADP ذلك/PRON", act))
    pronoun = "ها/PRON" if name in WOMEN else "ه/PRON"
    reason = mark(_feels(b.state, name, []), "reason")
    return finish(build(_clause(e), "ل+/ADP أن+/SCONJ", pronoun, reason))


def _fact(f: m.Fact, person: bool = True) -> list[Token]:
    """What is known of a fact, the verb first."""
    who = entity(f"{NAMED[f.given]} {NAMED[f.surname]}", "PER")
    who, feminine = (mark(who, "person"), f.given in WOMEN) if person else ([], False)
    verbs = {
        "work": ("يعمل", "تعمل"), "live": ("يعيش", "تعيش"),
        "born": ("ولد", "ولدت"), "found": ("أسس", "أسست"),
    }  # fmt: skip
    org = mark(_name(f.org, "ORG"), "org") if f.org else None
    company = "شركة/NOUN" if f.org in COMPANIES else None
    at = "في/ADP" if f.kind == "work" and f.org else None
    city = build("في/ADP", mark(_name(f.city, "LOC"), "city")) if f.city else None
    year = build("عام/NOUN", mark(words(f"{f.year}/NUM"), "year")) if f.year else None
    verb = f"{verbs[f.kind][feminine]}/VERB"
    return build(verb, who, at, company, org, city, year)


def fact(f: m.Fact) -> list[Token]:
    return finish(_fact(f))


def _found(noun: str, where: list[Token]) -> list[Token]:
    """People are masculine, the plurals of animals and things feminine."""
    verb = "يوجد/VERB" if noun in PEOPLE else "توجد/VERB"
    plural = NOUNS[noun].split()[3]
    return build(verb, f"ال{plural}/NOUN عادة/ADV", where)


def typical(t: m.Typical) -> list[Token]:
    return finish(_found(t.noun, spot(t.place)))


def use(u: m.Use) -> list[Token]:
    tool = mark(noun_phrase(m.NP(u.tool, definite=True)), "tool")
    return finish(build("نستخدم/VERB", tool, "ل+/ADP", PURPOSES[u.tool]))


def phrase(p: m.Phrase) -> list[Token]:
    text, end = PHRASES[p.id].rsplit(" ", 1)
    return finish(words(text), end)


def question(q: m.Question) -> list[Token]:
    of, role = q.of, q.role
    if isinstance(of, m.Event):
        know = "هل/PART تعرف/VERB" if q.indirect else None
        core = build(know, _asked(of, role))
    elif isinstance(of, m.Because):
        core = build("ل+/ADP ماذا/PRON", _act(of.event, _agent(of.event)))
    elif isinstance(of, m.Typical):
        core = build("أين/ADV", _found(of.noun, []))
    elif isinstance(of, m.Use):
        core = build("ماذا/PRON نستخدم/VERB ل+/ADP", PURPOSES[of.tool])
    elif role == "person":
        core = build("من/PRON", _fact(replace(of, year=0), person=False))
    else:
        opening = "متى/ADV" if role == "year" else "أين/ADV"
        opening = "ماذا/PRON" if (of.kind, role) == ("found", "org") else opening
        org = of.org if (of.kind, role) == ("found", "year") else ""
        core = build(opening, _fact(m.Fact(of.kind, of.given, of.surname, org)))
    return finish(mark(core, ""), "؟")


def _asked(e: m.Event, role: str) -> list[Token]:
    """A question about an event: the question word, then the verb."""
    if role == "agent":
        return build("من/PRON", _act(e, []))
    if role == "next":
        did = "فعلت/VERB" if _feminine(e.agent.noun) else "فعل/VERB"
        return build("ماذا/PRON", did, _agent(e), "بعد/ADP ذلك/PRON")
    if role == "patient":
        return build(_what(e), _agent(e), _adjuncts(e))
    adverb = "أين/ADV" if role == "place" else "متى/ADV"
    return build(adverb, _act(e, _agent(e), role))


def _what(e: m.Event) -> list[Token]:
    """The question word and the verb: "what did", "whom did".

    A person who is the object is taken up by a pronoun ("من الذي قابلته آنا"), as "من
    قابل" would be "who met".
    """
    verb = _verb(e, _feminine(e.agent.noun))
    person = e.patient.noun in PEOPLE
    if e.verb == "search":
        return build("عمن/PRON" if person else "عن/ADP ماذا/PRON", verb)
    if e.verb == "greet":
        return build("على/ADP من/PRON", verb)
    if not person:
        return build("ماذا/PRON", verb)
    stem = verb[-1].text.replace("رأى", "رآ")
    return build("من/PRON الذي/PRON", f"{stem}+/VERB ه/PRON")
