"""Russian, written without ё, as most of what is printed is.

The order of words does what articles do elsewhere: what is known (a name, a definite
noun) stands before the place, what is new after it.
"""

# ruff: noqa: SIM905 (lists of names read best as text)

from __future__ import annotations

from xitt.data.pocket import concepts as c
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

ENGLISH_NAME, ISO3, SPACES = "Russian", "rus", True

_NAMES = (  # women, men, surnames; cities as they are after "в"
    "Анна Мария Елена Сара Лаура Нина Клара Ева Лусия Юлия София Ирина Диана Амира "
    "Хелена Карла Марта Ольга Лейла Сильвия "
    "Давид Даниэль Адам Омар Петр Томас Мартин Виктор Павел Роберт Иван Марк Лео Уго "
    "Карим Оскар Симон Феликс Максим Самир "
    "Келлер Сильва Росси Новак Берг Коста Вебер Морено Танака Хаддад Линд Фишер "
    "Сантос Романо Янсен Кастро "
    "Берлине Мадриде Каире Лондоне Париже Риме Москве Токио Дели Найроби Стамбуле "
    "Пекине Лиссабоне Вене Нью-Йорке Буэнос-Айресе Кейптауне Мехико "
).split()
NAMED = dict(zip(c.NAMES + c.SURNAMES + c.CITIES, _NAMES, strict=True))
DECLENSION = {  # end of a name: accusative, genitive, dative
    "Павел": "Павла Павла Павлу", "ия": "ию ии ии", "га": "гу ги ге", "а": "у ы е",
    "ль": "ля ля лю", "о": "о о о", "": "а а у",
}  # fmt: skip
NOUNS = {  # gender, nominative, accusative (= the same), genitive singular and plural
    "teacher": "f учительница учительницу", "doctor": "m врач врача", "rice": "m рис =",
    "farmer": "m фермер фермера", "student": "m ученик ученика", "bread": "m хлеб =",
    "baker": "m пекарь пекаря", "driver": "m водитель водителя", "soup": "m суп =",
    "engineer": "m инженер инженера", "painter": "m художник художника",
    "singer": "f певица певицу", "lawyer": "m адвокат адвоката", "cheese": "m сыр =",
    "journalist": "f журналистка журналистку", "neighbour": "f соседка соседку",
    "book": "f книга книгу книги книг", "letter": "n письмо = письма писем",
    "newspaper": "f газета газету газеты газет", "key": "m ключ = ключа ключей",
    "ring": "n кольцо = кольца колец", "bag": "f сумка сумку сумки сумок",
    "phone": "m телефон = телефона телефонов", "umbrella": "m зонт = зонта зонтов",
    "camera": "m фотоаппарат = фотоаппарата фотоаппаратов", "egg": "n яйцо = яйца яиц",
    "lamp": "f лампа лампу лампы ламп", "ticket": "m билет = билета билетов",
    "clock": "m будильник = будильника будильников", "chair": "m стул = стула стульев",
    "table": "m стол = стола столов", "box": "f коробка коробку коробки коробок",
    "picture": "f картина картину картины картин", "cup": "f чашка чашку чашки чашек",
    "radio": "m радиоприемник = радиоприемника радиоприемников", "fish": "f рыба рыбу",
    "computer": "m компьютер = компьютера компьютеров", "knife": "m нож = ножа ножей",
    "plate": "f тарелка тарелку тарелки тарелок", "dress": "n платье = платья платьев",
    "shirt": "f рубашка рубашку рубашки рубашек", "hat": "f шляпа шляпу шляпы шляп",
    "coat": "n пальто = пальто пальто", "car": "f машина машину машины машин",
    "bicycle": "m велосипед = велосипеда велосипедов", "door": "f дверь = двери дверей",
    "boat": "f лодка лодку лодки лодок", "window": "n окно = окна окон",
    "house": "m дом = дома домов", "flower": "m цветок = цветка цветов",
    "ball": "m мяч = мяча мячей", "apple": "n яблоко = яблока яблок", "tea": "m чай =",
    "cake": "m торт = торта тортов", "coffee": "m кофе =", "water": "f вода воду",
    "milk": "n молоко =", "juice": "m сок =", "dog": "f собака собаку",
    "cat": "f кошка кошку", "horse": "f лошадь =", "cow": "f корова корову",
    "bird": "f птица птицу", "animal": "n животное =", "vehicle": "n средство =",
    "food": "f еда еду",
}  # fmt: skip
PLURALS = {  # accusative: of people and animals like the genitive
    "book": "книги", "newspaper": "газеты", "cow": "коров", "doctor": "врачей",
    "student": "учеников", "picture": "картины", "plate": "тарелки", "cup": "чашки",
    "flower": "цветы", "ticket": "билеты", "table": "столы", "chair": "стулья",
    "knife": "ножи", "computer": "компьютеры",
}  # fmt: skip
ADJECTIVES = {  # stem and pattern
    "red": "красн ый", "green": "зелен ый", "blue": "син ий+я", "yellow": "желт ый",
    "black": "черн ый", "white": "бел ый", "big": "больш ой+и", "small": "маленьк ий",
    "old": "стар ый", "new": "нов ый", "beautiful": "красив ый", "cheap": "дешев ый",
    "expensive": "дорог ой+и", "famous": "известн ый", "young": "молод ой",
    "hot": "горяч ий+е", "cold": "холодн ый", "fresh": "свеж ий+е", "tall": "высок ий",
}  # fmt: skip
PATTERNS = {  # nominative m f n, accusative f, genitive m; plural nominative genitive
    "ый": "ый ая ое ую ого ые ых", "ой": "ой ая ое ую ого ые ых",
    "ой+и": "ой ая ое ую ого ие их", "ий": "ий ая ое ую ого ие их",
    "ий+е": "ий ая ее ую его ие их", "ий+я": "ий яя ее юю его ие их",
}  # fmt: skip
VERBS = {  # masculine; the feminine adds -а
    "buy": "купил", "sell": "продал", "open": "открыл", "close": "закрыл",
    "find": "нашел", "lose": "потерял", "repair": "починил", "break": "сломал",
    "read": "прочитал", "write": "написал", "eat": "съел", "cook": "приготовил",
    "drink": "выпил", "wash": "вымыл", "paint": "покрасил", "send": "отправил",
    "receive": "получил", "see": "увидел", "meet": "встретил", "invite": "пригласил",
    "visit": "навестил", "greet": "поприветствовал", "search": "искал",
}  # fmt: skip
SPECIAL = {  # what one says of some patients
    **{f"wash {noun}": "постирал" for noun in ("shirt", "dress", "hat", "coat")},
    **{f"break {noun}": "разбил" for noun in ("cup", "plate", "window")},
    **{f"paint {noun}": "нарисовал" for noun in ("picture", "flower")},
    "cook egg": "сварил", "visit doctor": "посетил",
}  # fmt: skip
SPOTS = {
    "market": "на рынке", "garden": "в саду", "park": "в парке", "school": "в школе",
    "library": "в библиотеке", "kitchen": "на кухне", "station": "на вокзале",
    "restaurant": "в ресторане", "hospital": "в больнице", "museum": "в музее",
    "hotel": "в гостинице", "office": "в офисе", "forest": "в лесу",
    "beach": "на пляже", "village": "в деревне", "farm": "на ферме",
}  # fmt: skip
NUMBERS = {2: "два", 3: "три", 4: "четыре", 5: "пять", 10: "десять"}
TIMES = {
    "yesterday": "вчера/ADV", "last_week": "на/ADP прошлой/ADJ неделе/NOUN",
    "morning": "утром/NOUN", "afternoon": "днем/NOUN", "evening": "вечером/NOUN",
    "monday": "в/ADP понедельник/NOUN", "wednesday": "в/ADP среду/NOUN",
    "friday": "в/ADP пятницу/NOUN", "saturday": "в/ADP субботу/NOUN",
    "sunday": "в/ADP воскресенье/NOUN", "may": "в/ADP мае/NOUN",
    "october": "в/ADP октябре/NOUN", "summer": "летом/NOUN", "winter": "зимой/NOUN",
}  # fmt: skip
ORGS = {  # after "в"
    "university_vienna": "Венском/ADJ университете/NOUN",
    "university_cairo": "Каирском/ADJ университете/NOUN",
    "bank_tokyo": "Банке/NOUN Токио",
}  # fmt: skip
FACTS = {"born": "родился родилась", "found": "основал основала"}  # as STATES
FACTS |= {"work": "работает работает", "live": "живет живет"}
STATES = {  # masculine, feminine
    "hungry": "был/AUX голоден/ADJ|была/AUX голодна/ADJ",
    "thirsty": "хотел/VERB пить/VERB|хотела/VERB пить/VERB",
    "tired": "устал/VERB|устала/VERB", "ill": "был/AUX болен/ADJ|была/AUX больна/ADJ",
    "happy": "был/AUX счастлив/ADJ|была/AUX счастлива/ADJ",
    "bored": "скучал/VERB|скучала/VERB", "cold_state": "замерз/VERB|замерзла/VERB",
}  # fmt: skip
PURPOSES = {
    "knife": "нарезать/VERB хлеб/NOUN", "key": "открыть/VERB дверь/NOUN",
    "umbrella": "не/PART промокнуть/VERB", "lamp": "читать/VERB ночью/NOUN",
    "clock": "вовремя/ADV проснуться/VERB", "cup": "пить/VERB чай/NOUN",
    "camera": "делать/VERB фотографии/NOUN", "phone": "позвонить/VERB другу/NOUN",
    "bicycle": "ездить/VERB в/ADP школу/NOUN", "bag": "носить/VERB книги/NOUN",
    "boat": "переправиться/VERB через/ADP реку/NOUN", "coat": "не/PART мерзнуть/VERB",
}  # fmt: skip
PHRASES = {
    "good_morning": "доброе/ADJ утро/NOUN !", "thank_you": "большое/ADJ спасибо/NOUN !",
    "good_night": "спокойной/ADJ ночи/NOUN !", "excuse_me": "извините/VERB !",
    "how_are_you": "как/ADV дела/NOUN ?", "see_you_tomorrow": "до/ADP завтра/ADV !",
    "i_am_fine": "у/ADP меня/PRON все/PRON хорошо/ADV .", "come_in": "входите/VERB !",
    "what_is_your_name": "как/ADV вас/PRON зовут/VERB ?",
    "where_is_the_station": "где/ADV находится/VERB вокзал/NOUN ?",
    "how_much_is_this": "сколько/NUM это/PRON стоит/VERB ?",
    "i_do_not_understand": "я/PRON не/PART понимаю/VERB .",
    "i_am_learning_english": "я/PRON учу/VERB английский/ADJ язык/NOUN .",
    "i_am_hungry": "я/PRON хочу/VERB есть/VERB .", "it_is_late": "уже/ADV поздно/ADV .",
    "it_is_raining": "идет/VERB дождь/NOUN .", "we_are_tired": "мы/PRON устали/VERB .",
    "please_sit_down": "садитесь/VERB ,/PUNCT пожалуйста/ADV .",
    "happy_birthday": "с/ADP днем/NOUN рождения/NOUN !",
    "what_time_is_it": "сколько/NUM сейчас/ADV времени/NOUN ?",
    "do_you_speak_english": "вы/PRON говорите/VERB по-английски/ADV ?",
    "i_live_here": "я/PRON живу/VERB здесь/ADV .", "who_is_there": "кто/PRON там/ADV ?",
    "i_like_music": "я/PRON люблю/VERB музыку/NOUN .",
    "this_is_my_house": "это/PRON мой/DET дом/NOUN .",
    "i_have_two_brothers": "у/ADP меня/PRON два/NUM брата/NOUN .",
    "she_is_my_sister": "она/PRON моя/DET сестра/NOUN .",
    "we_are_going_home": "мы/PRON идем/VERB домой/ADV .",
    "i_need_help": "мне/PRON нужна/ADJ помощь/NOUN .",
    "the_food_is_good": "еда/NOUN вкусная/ADJ .",
}  # fmt: skip


def word(concept: str) -> str:
    if concept in NOUNS:
        return _noun(concept, "nom" if concept in c.PROFESSIONS else "acc")
    if concept in ADJECTIVES:
        return _adjective(concept, 0)[0].text
    if concept in SPOTS:
        return SPOTS[concept].split()[1]
    other = {"someone": "кто-то", "something": "что-то"} | VERBS | NAMED
    return other.get(concept, concept.replace("_", " ").title())


def _named(name: str, case: str = "nom") -> list[Token]:
    """The given name of a person, declined."""
    text = NAMED[name]
    if case != "nom":
        end = next(end for end in DECLENSION if text.endswith(end))
        form = DECLENSION[end].split()[("acc", "gen", "dat").index(case)]
        text = text.removesuffix(end) + form
    return entity(text, "PER")


def _noun(noun: str, case: str) -> str:
    _, nominative, accusative, *_ = NOUNS[noun].split()
    return nominative if case == "nom" or accusative == "=" else accusative


def _adjective(adj: str, form: int) -> list[Token]:
    """An adjective; `form` counts the endings of PATTERNS."""
    stem, pattern = ADJECTIVES[adj].split()
    return words(f"{stem}{PATTERNS[pattern].split()[form]}/ADJ")


def _counted(np: NP) -> list[Token]:
    """After 2, 3 and 4 the noun is genitive singular, after 5 and 10 plural."""
    gender, _, _, genitive, plural = NOUNS[np.noun].split()
    number = "две" if (np.count, gender) == (2, "f") else NUMBERS[np.count]
    few = np.count < 5
    adj = _adjective(np.adj, 5 if few and gender == "f" else 6) if np.adj else None
    return build(f"{number}/NUM", adj, f"{genitive if few else plural}/NOUN")


def _phrase(np: NP, case: str) -> list[Token]:
    if np.noun in c.NAMES:
        return _named(np.noun, case)
    if np.noun in ("someone", "something"):
        return words(f"{word(np.noun)}/PRON")
    if np.count > 1:
        return _counted(np)
    gender = NOUNS[np.noun][0]
    form = "mfn".index(gender)
    if case == "acc":  # the masculine of people is like the genitive
        form = {"m": 4 if np.noun in c.PEOPLE else 0, "f": 3, "n": 2}[gender]
    adj = _adjective(np.adj, form) if np.adj else None
    adj = words("транспортное/ADJ") if np.noun == "vehicle" else adj
    return build(adj, f"{_noun(np.noun, case)}/NOUN")


def noun_phrase(np: NP) -> list[Token]:
    return _phrase(np, "nom")


def spot(place: str) -> list[Token]:
    if place in c.CITIES:
        return build("в/ADP", mark(entity(NAMED[place], "LOC"), "place"))
    preposition, noun = SPOTS[place].split()
    return build(f"{preposition}/ADP", mark(words(f"{noun}/NOUN"), "place"))


def _time(time: str) -> list[Token]:
    return mark(words(TIMES[time]), "time") if time else []


def _gender(agent: str) -> str:
    return NOUNS.get(agent, "f" if agent in c.WOMEN else "m")[0]


def _past(e: Event, patient: NP, gender: str) -> str:
    verb = SPECIAL.get(f"{e.verb} {patient.noun}", VERBS[e.verb])
    if gender == "f":
        verb = "нашла" if verb == "нашел" else f"{verb}а"
    return f"{verb}/VERB"


def _predicate(e: Event, gender="", without="") -> list[Token]:
    """What is said of the agent (of `gender`, if that is not the agent's own)."""
    gender = gender or _gender(e.agent.noun)
    verb = _past(e, e.patient, gender)
    time = _time(e.time) if without != "time" else []
    place = spot(e.place) if e.place and without != "place" else []
    act = build("не/PART" if e.negated else None, verb)
    act = build(act, time) if without == "then" else build(time, act)
    if without == "patient":
        return build(act, place)
    patient = mark(_phrase(e.patient, "acc"), "patient")
    if e.patient.definite or e.patient.noun in (*c.NAMES, "something"):
        return build(act, patient, place)
    if not e.other:
        return build(act, place, patient)
    again = _past(e, e.other, gender)
    again = build("и/CCONJ", again if again != verb else None)
    return build(act, place, patient, again, _phrase(e.other, "acc"))


def _clause(e: Event) -> list[Token]:
    opening = {"then": words("потом/ADV"), "time": _time(e.time)}.get(e.front)
    opening = spot(e.place) if e.front == "place" and e.place else opening
    agent = mark(noun_phrase(e.agent), "agent")
    return build(opening, agent, _predicate(e, without=e.front))


def event(e: Event) -> list[Token]:
    return finish(_clause(e))


def transfer(t: Transfer) -> list[Token]:
    agent, party = (t.giver, t.taker) if t.view == "sell" else (t.taker, t.giver)
    verb = f"{VERBS[t.view]}{'а' if agent in c.WOMEN else ''}/VERB"
    other, what = _named(party, "dat"), _phrase(t.patient, "acc")
    if t.view == "buy":
        other = build("у/ADP", _named(party, "gen"))
    last = (what, other) if t.patient.definite else (other, what)
    first = (_time(t.time), _named(agent))
    return finish(build(*(first if t.front else first[::-1]), verb, *last))


def _feels(state: str, name: str) -> list[Token]:
    return words(STATES[state].split("|")[name in c.WOMEN])


def state(s: State) -> list[Token]:
    return finish(build(_named(s.name), _feels(s.state, s.name)))


def because(b: Because) -> list[Token]:
    """The second clause has no pronoun: the verb says of whom it speaks."""
    name = b.event.agent.noun
    felt = _feels(b.state, name)
    if b.so:
        reason = mark(build(_named(name), felt), "reason")
        return finish(build(reason, ",/PUNCT поэтому/ADV", _predicate(b.event)))
    why = build(",/PUNCT потому/ADV что/SCONJ", mark(felt, "reason"))
    return finish(build(_clause(b.event), why))


def _company(f: Fact, noun: str) -> list[Token]:
    return build(f"{noun}/NOUN", mark(entity(word(f.org), "ORG"), "org"))


def _told(f: Fact, gender: str, asked: bool = False) -> list[Token]:
    """The verb phrase of a fact; when asked who, without the year."""
    year = build("в/ADP", mark(words(f"{f.year}/ADJ"), "year"), "году/NOUN")
    year = year if f.year and not asked else None
    if f.kind == "found":
        return build(_did(f, gender), _company(f, "компанию"), year)
    if f.kind != "work":
        where = mark(entity(NAMED[f.city], "LOC"), "city")
    elif f.org in ORGS:
        where = mark(entity(ORGS[f.org], "ORG"), "org")
    else:
        where = _company(f, "компании")
    return build(_did(f, gender), "в/ADP", where, year)


def _did(f: Fact, gender: str) -> str:
    return f"{FACTS[f.kind].split()[gender == 'f']}/VERB"


def fact(f: Fact) -> list[Token]:
    person = entity(f"{NAMED[f.given]} {NAMED[f.surname]}", "PER")
    return finish(build(mark(person, "person"), _told(f, _gender(f.given))))


def typical(t: Typical) -> list[Token]:
    found = f"{PLURALS[t.noun]}/NOUN обычно/ADV можно/ADV найти/VERB"
    return finish(build(found, spot(t.place)))


def use(u: Use) -> list[Token]:
    needed = {"m": "нужен/ADJ", "f": "нужна/ADJ", "n": "нужно/ADJ"}[NOUNS[u.tool][0]]
    tool = mark(noun_phrase(NP(u.tool)), "tool")
    return finish(build("чтобы/SCONJ", PURPOSES[u.tool], ",/PUNCT", needed, tool))


def phrase(p: Phrase) -> list[Token]:
    text, end = PHRASES[p.id].rsplit(" ", 1)
    return finish(words(text), end)


def question(q: Question) -> list[Token]:
    of = q.of
    if isinstance(of, Event):
        know = "вы/PRON не/PART знаете/VERB ,/PUNCT" if q.indirect else None
        core = build(know, _asked(of, q.role))
    elif isinstance(of, Because):
        core = build("почему/ADV", noun_phrase(of.event.agent), _predicate(of.event))
    elif isinstance(of, Typical):
        found = f"найти/VERB {PLURALS[of.noun]}/NOUN"
        core = build("где/ADV обычно/ADV можно/ADV", found)
    elif isinstance(of, Use):
        core = build("что/PRON нужно/ADJ ,/PUNCT чтобы/SCONJ", PURPOSES[of.tool])
    else:
        core = _about(of, q.role)
    return finish(mark(core, ""), "?")


def _asked(e: Event, role: str) -> list[Token]:
    if role == "agent":
        return build("кто/PRON", _predicate(e, "m"))
    agent, living = noun_phrase(e.agent), {*c.PEOPLE, *c.ANIMALS, "animal"}
    if role == "next":
        did = "сделала" if _gender(e.agent.noun) == "f" else "сделал"
        return build("что/PRON", agent, f"{did}/VERB потом/ADV")
    asked = {"place": "где/ADV", "time": "когда/ADV"}
    asked["patient"] = "кого/PRON" if e.patient.noun in living else "что/PRON"
    return build(asked[role], agent, _predicate(e, without=role))


def _about(f: Fact, role: str) -> list[Token]:
    """A question about a fact: "Где родилась Анна Келлер?"."""
    if role == "person":
        return build("кто/PRON", _told(f, "m", asked=True))
    person = entity(f"{NAMED[f.given]} {NAMED[f.surname]}", "PER")
    did = _did(f, _gender(f.given))
    if (f.kind, role) == ("found", "year"):
        return build("когда/ADV", person, did, _company(f, "компанию"))
    if f.kind == "found":
        return build("какую/DET компанию/NOUN", did, person)
    return build("когда/ADV" if role == "year" else "где/ADV", did, person)
