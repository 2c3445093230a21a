"""German.

What happened is told in the preterite and asked about in the perfect, as people do.
What is known (a name, a noun with der, die, das) stands before time and place, what is
new (ein, eine, no article) after them.
"""

from __future__ import annotations

from xitt.data.pocket.concepts import CITIES, MASS, NAMES, PEOPLE, WOMEN
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

ENGLISH_NAME, ISO3, SPACES = "German", "deu", True

NAMED = {  # spelt otherwise than the concept
    "clara": "Klara", "carla": "Karla", "victor": "Viktor", "oscar": "Oskar",
    "cairo": "Kairo", "rome": "Rom", "moscow": "Moskau", "tokyo": "Tokio",
    "beijing": "Peking", "lisbon": "Lissabon", "vienna": "Wien",
    "cape_town": "Kapstadt", "mexico_city": "Mexiko-Stadt",
}  # fmt: skip
NOUNS = {  # noun, gender, plural where it is said
    "teacher": "Lehrerin f", "doctor": "Arzt m Ärzte", "farmer": "Bauer m",
    "student": "Schüler m Schüler", "baker": "Bäcker m", "driver": "Fahrer m",
    "engineer": "Ingenieurin f", "painter": "Maler m", "singer": "Sängerin f",
    "lawyer": "Anwältin f", "journalist": "Journalist m", "neighbour": "Nachbar m",
    "book": "Buch n Bücher", "letter": "Brief m Briefe",
    "newspaper": "Zeitung f Zeitungen", "key": "Schlüssel m Schlüssel",
    "ring": "Ring m Ringe", "phone": "Handy n Handys", "bag": "Tasche f Taschen",
    "camera": "Kamera f Kameras", "umbrella": "Regenschirm m Regenschirme",
    "ticket": "Fahrkarte f Fahrkarten", "lamp": "Lampe f Lampen",
    "clock": "Uhr f Uhren", "chair": "Stuhl m Stühle", "table": "Tisch m Tische",
    "box": "Kiste f Kisten", "picture": "Bild n Bilder", "radio": "Radio n Radios",
    "computer": "Computer m Computer", "cup": "Tasse f Tassen",
    "plate": "Teller m Teller", "knife": "Messer n Messer", "shirt": "Hemd n Hemden",
    "dress": "Kleid n Kleider", "hat": "Hut m Hüte", "coat": "Mantel m Mäntel",
    "car": "Auto n Autos", "bicycle": "Fahrrad n Fahrräder", "boat": "Boot n Boote",
    "door": "Tür f Türen", "window": "Fenster n Fenster", "house": "Haus n Häuser",
    "flower": "Blume f Blumen", "ball": "Ball m Bälle", "apple": "Apfel m Äpfel",
    "egg": "Ei n Eier", "cake": "Kuchen m Kuchen", "bread": "Brot n", "rice": "Reis m",
    "soup": "Suppe f", "cheese": "Käse m", "fish": "Fisch m", "tea": "Tee m",
    "coffee": "Kaffee m", "water": "Wasser n", "milk": "Milch f", "juice": "Saft m",
    "dog": "Hund m", "cat": "Katze f", "horse": "Pferd n", "cow": "Kuh f Kühe",
    "bird": "Vogel m", "animal": "Tier n", "vehicle": "Fahrzeug n", "food": "Essen n",
}  # fmt: skip
WEAK = {"farmer": "Bauern", "journalist": "Journalisten", "neighbour": "Nachbarn"}
# der and ein, nominative and accusative; kein goes like ein
ARTICLES = {"m": "der ein den einen", "f": "die eine die eine", "n": "das ein das ein"}
ADJECTIVES = {  # stems
    "red": "rot", "green": "grün", "blue": "blau", "yellow": "gelb", "black": "schwarz",
    "white": "weiß", "big": "groß", "small": "klein", "old": "alt", "new": "neu",
    "beautiful": "schön", "expensive": "teur", "cheap": "billig", "hot": "heiß",
    "cold": "kalt", "fresh": "frisch", "young": "jung", "tall": "hochgewachsen",
    "famous": "berühmt",
}  # fmt: skip
VERBS = {  # preterite, separable part, participle
    "buy": "kaufte||gekauft", "sell": "verkaufte||verkauft", "read": "las||gelesen",
    "open": "öffnete||geöffnet", "close": "schloss||geschlossen",
    "find": "fand||gefunden", "lose": "verlor||verloren", "see": "sah||gesehen",
    "repair": "reparierte||repariert", "search": "suchte||gesucht",
    "break": "machte|kaputt/ADJ|kaputtgemacht", "write": "schrieb||geschrieben",
    "eat": "aß||gegessen", "cook": "kochte||gekocht", "meet": "traf||getroffen",
    "wash": "wusch||gewaschen", "drink": "trank||getrunken",
    "paint": "strich||gestrichen", "send": "schickte||geschickt",
    "receive": "bekam||bekommen", "greet": "begrüßte||begrüßt",
    "invite": "lud|ein/ADP|eingeladen", "visit": "besuchte||besucht",
}  # fmt: skip
SPECIAL = {  # what one says of some patients
    "break cup": "zerbrach||zerbrochen", "break plate": "zerbrach||zerbrochen",
    "break window": "zerbrach||zerbrochen", "wash window": "putzte||geputzt",
    "wash cup": "spülte||gespült", "wash plate": "spülte||gespült",
    "paint picture": "malte||gemalt", "paint flower": "malte||gemalt",
    "eat food": "nahm|zu/ADP sich/PRON|zu/ADP sich/PRON genommen",
}  # fmt: skip
SPOTS = {
    "market": "auf dem Markt", "garden": "im Garten", "park": "im Park",
    "school": "in der Schule", "library": "in der Bibliothek", "station": "am Bahnhof",
    "kitchen": "in der Küche", "restaurant": "im Restaurant",
    "hospital": "im Krankenhaus", "museum": "im Museum", "hotel": "im Hotel",
    "office": "im Büro", "forest": "im Wald", "beach": "am Strand",
    "village": "im Dorf", "farm": "auf dem Bauernhof",
}  # fmt: skip
NUMBERS = {2: "zwei", 3: "drei", 4: "vier", 5: "fünf", 10: "zehn"}
TIMES = {
    "yesterday": "gestern/ADV", "last_week": "letzte/ADJ Woche/NOUN",
    "morning": "am/ADP Morgen/NOUN", "afternoon": "am/ADP Nachmittag/NOUN",
    "evening": "am/ADP Abend/NOUN", "monday": "am/ADP Montag/PROPN",
    "wednesday": "am/ADP Mittwoch/PROPN", "friday": "am/ADP Freitag/PROPN",
    "saturday": "am/ADP Samstag/PROPN", "sunday": "am/ADP Sonntag/PROPN",
    "may": "im/ADP Mai/NOUN", "october": "im/ADP Oktober/NOUN",
    "summer": "im/ADP Sommer/NOUN", "winter": "im/ADP Winter/NOUN",
}  # fmt: skip
ORGS = {
    "university_vienna": "Universität/NOUN Wien",
    "university_cairo": "Universität/NOUN Kairo",
    "bank_tokyo": "Bank/NOUN von/ADP Tokio",
}  # fmt: skip
STATES = {  # a verb and perhaps one more word
    "hungry": "hatte/VERB Hunger/NOUN", "thirsty": "hatte/VERB Durst/NOUN",
    "tired": "war/AUX müde/ADJ", "ill": "war/AUX krank/ADJ",
    "happy": "war/AUX glücklich/ADJ", "bored": "langweilte/VERB sich/PRON",
    "cold_state": "fror/VERB",
}  # fmt: skip
UM = ",/PUNCT um/SCONJ"
PURPOSES = {
    "knife": "Brot/NOUN zu/PART schneiden/VERB",
    "key": "eine/DET Tür/NOUN zu/PART öffnen/VERB",
    "umbrella": "nicht/PART nass/ADJ zu/PART werden/VERB",
    "lamp": "nachts/ADV zu/PART lesen/VERB", "cup": "Tee/NOUN zu/PART trinken/VERB",
    "clock": "zu/PART wissen/VERB ,/PUNCT wie/ADV spät/ADJ es/PRON ist/AUX",
    "camera": "Fotos/NOUN zu/PART machen/VERB",
    "phone": "einen/DET Freund/NOUN anzurufen/VERB",
    "bicycle": "zur/ADP Schule/NOUN zu/PART fahren/VERB",
    "bag": "Bücher/NOUN zu/PART tragen/VERB", "coat": "nicht/PART zu/PART frieren/VERB",
    "boat": "den/DET Fluss/NOUN zu/PART überqueren/VERB",
}  # fmt: skip
PHRASES = {
    "good_morning": "guten/ADJ Morgen/NOUN !", "good_night": "gute/ADJ Nacht/NOUN !",
    "thank_you": "vielen/DET Dank/NOUN !", "excuse_me": "entschuldigen/VERB Sie/PRON !",
    "how_are_you": "wie/ADV geht/VERB es/PRON Ihnen/PRON ?",
    "i_am_fine": "mir/PRON geht/VERB es/PRON gut/ADJ .",
    "what_is_your_name": "wie/ADV heißen/VERB Sie/PRON ?",
    "where_is_the_station": "wo/ADV ist/AUX der/DET Bahnhof/NOUN ?",
    "how_much_is_this": "wie/ADV viel/ADV kostet/VERB das/PRON ?",
    "i_do_not_understand": "ich/PRON verstehe/VERB das/PRON nicht/PART .",
    "i_am_learning_english": "ich/PRON lerne/VERB Englisch/NOUN .",
    "i_am_hungry": "ich/PRON habe/VERB Hunger/NOUN .",
    "it_is_raining": "es/PRON regnet/VERB .",
    "see_you_tomorrow": "bis/ADP morgen/ADV !",
    "it_is_late": "es/PRON ist/AUX spät/ADJ .",
    "we_are_tired": "wir/PRON sind/AUX müde/ADJ .",
    "please_sit_down": "bitte/ADV setzen/VERB Sie/PRON sich/PRON .",
    "happy_birthday": "alles/DET Gute/NOUN zum/ADP Geburtstag/NOUN !",
    "what_time_is_it": "wie/ADV spät/ADJ ist/AUX es/PRON ?",
    "do_you_speak_english": "sprechen/VERB Sie/PRON Englisch/NOUN ?",
    "i_live_here": "ich/PRON wohne/VERB hier/ADV .",
    "i_like_music": "ich/PRON mag/VERB Musik/NOUN .",
    "come_in": "kommen/VERB Sie/PRON herein/ADV !",
    "who_is_there": "wer/PRON ist/AUX da/ADV ?",
    "this_is_my_house": "das/PRON ist/AUX mein/DET Haus/NOUN .",
    "i_have_two_brothers": "ich/PRON habe/VERB zwei/NUM Brüder/NOUN .",
    "she_is_my_sister": "sie/PRON ist/AUX meine/DET Schwester/NOUN .",
    "we_are_going_home": "wir/PRON gehen/VERB nach/ADP Hause/NOUN .",
    "i_need_help": "ich/PRON brauche/VERB Hilfe/NOUN .",
    "the_food_is_good": "das/DET Essen/NOUN ist/AUX gut/ADJ .",
}  # fmt: skip


def word(concept: str) -> str:
    if concept in NOUNS:
        return NOUNS[concept].split()[0]
    if concept in ADJECTIVES:
        return ADJECTIVES[concept] + "e"
    if concept in VERBS:
        return "zerbrach" if concept == "break" else VERBS[concept].split("|")[0]
    if concept in SPOTS:
        return SPOTS[concept].split()[-1]
    other = {"someone": "jemand", "something": "etwas"} | NAMED
    return other.get(concept, concept.replace("_", " ").title())


def _name(concept: str, kind: str) -> list[Token]:
    return entity(word(concept), kind)


def _adjective(adj: str, gender: str, case: str, definite: bool) -> list[Token]:
    """Strong endings after ein, kein or no article, weak ones after der."""
    if (gender, case) == ("m", "acc"):
        ending = "en"
    else:
        ending = "e" if definite else {"m": "er", "f": "e", "n": "es"}[gender]
    return words(f"{ADJECTIVES[adj]}{ending}/ADJ")


def _phrase(np: NP, case: str, negated: bool = False) -> list[Token]:
    """A noun phrase in a case; what is indefinite is negated with kein."""
    if np.noun in NAMES:
        return _name(np.noun, "PER")
    if np.noun in ("someone", "something"):
        return words(f"{word(np.noun)}/PRON")
    noun, gender, *plural = NOUNS[np.noun].split()
    if np.count > 1:
        adj = f"{ADJECTIVES[np.adj]}e/ADJ" if np.adj else None
        return build(f"{NUMBERS[np.count]}/NUM", adj, f"{plural[0]}/NOUN")
    noun = WEAK.get(np.noun, noun) if case == "acc" else noun
    article = ARTICLES[gender].split()[2 * (case == "acc") + (not np.definite)]
    article = f"k{article}" if negated and not np.definite else article
    bare = np.noun in MASS and not (np.definite or negated)
    adj = _adjective(np.adj, gender, case, np.definite) if np.adj else None
    return build(None if bare else f"{article}/DET", adj, f"{noun}/NOUN")


def noun_phrase(np: NP) -> list[Token]:
    return _phrase(np, "nom")


def spot(place: str) -> list[Token]:
    if place in CITIES:
        return build("in/ADP", mark(_name(place, "LOC"), "place"))
    preposition, *article, noun = SPOTS[place].split()
    where = build(*(f"{word}/DET" for word in article), f"{noun}/NOUN")
    return build(f"{preposition}/ADP", mark(where, "place"))


def _time(time: str) -> list[Token]:
    return mark(words(TIMES[time]), "time") if time else []


def _verb(e: Event, patient: NP) -> list[str]:
    """Preterite, separable part and participle."""
    return SPECIAL.get(f"{e.verb} {patient.noun}", VERBS[e.verb]).split("|")


def _middle(e: Event, without: str, after_name: bool) -> list[Token]:
    """What stands between the finite verb and the end of the clause, in its order.

    after_name: right after the name of the agent, time keeps a second name apart.
    """
    place = spot(e.place) if e.place and without != "place" else []
    time = _time(e.time) if without != "time" else []
    if without == "patient":
        return [*time, *place]
    patient = mark(_phrase(e.patient, "acc", e.negated), "patient")
    named = e.patient.noun in NAMES
    if not (named or e.patient.definite):
        return [*time, *place, *patient]
    known = [*time, *patient] if named and after_name else [*patient, *time]
    return build(known, "nicht/PART" if e.negated else None, place)


def _rest(e: Event, without="", perfect=False, after_name=False) -> list[Token]:
    """A clause after its finite verb (and agent), with the second patient if any."""
    verb, part = _verb(e, e.patient), 2 if perfect else 1
    middle, end = _middle(e, without, after_name), _end(verb[part])
    if not e.other or without == "patient":
        return build(middle, end)
    other, second = _phrase(e.other, "acc"), _verb(e, e.other)
    if second == verb:
        return build(middle, "und/CCONJ", other, end)
    again = None if perfect else f"{second[0]}/VERB"
    return build(middle, end, "und/CCONJ", again, other, _end(second[part]))


def _end(spec: str) -> list[Token]:
    """The separable part or participle: its last word is a verb if not said else."""
    return words(spec if not spec or spec[-1].isupper() else f"{spec}/VERB")


def _clause(e: Event) -> list[Token]:
    """A main clause in the preterite; the verb is second whatever is first."""
    finite = f"{_verb(e, e.patient)[0]}/VERB"
    agent = mark(noun_phrase(e.agent), "agent")
    opening = {"then": words("dann/ADV"), "time": _time(e.time)}.get(e.front)
    opening = spot(e.place) if e.front == "place" and e.place else opening
    if not opening:
        return build(agent, finite, _rest(e))
    return build(opening, finite, agent, _rest(e, e.front, after_name=True))


def event(e: Event) -> list[Token]:
    return finish(_clause(e))


def transfer(t: Transfer) -> list[Token]:
    agent, party = (t.giver, t.taker) if t.view == "sell" else (t.taker, t.giver)
    verb, who = f"{word(t.view)}/VERB", _name(agent, "PER")
    time, what = _time(t.time), _phrase(t.patient, "acc")
    if t.front and time:
        core = build(time, verb, who, what)
    else:
        core = build(who, verb, *((what, time) if t.patient.definite else (time, what)))
    preposition = "an/ADP" if t.view == "sell" else "von/ADP"
    return finish(build(core, preposition, _name(party, "PER")))


def state(s: State) -> list[Token]:
    return finish(build(_name(s.name, "PER"), STATES[s.state]))


def because(b: Because) -> list[Token]:
    e, name = b.event, b.event.agent.noun
    pronoun = "sie/PRON" if name in WOMEN else "er/PRON"
    verb, *rest = words(STATES[b.state])
    if b.so:
        reason = mark(build(_name(name, "PER"), STATES[b.state]), "reason")
        finite = f"{_verb(e, e.patient)[0]}/VERB"
        so = build(",/PUNCT deshalb/ADV", finite, pronoun, _rest(e))
        return finish(build(reason, so))
    reason = mark(build(pronoun, rest, [verb]), "reason")
    return finish(build(_clause(e), ",/PUNCT weil/SCONJ", reason))


def _organisation(org: str) -> list[Token]:
    return mark(entity(ORGS.get(org, word(org)), "ORG"), "org")


def _employer(org: str) -> list[Token]:
    preposition = "an/ADP" if org.startswith("university") else "bei/ADP"
    article = "der/DET" if org in ORGS or org == "delta_bank" else None
    return build(preposition, article, _organisation(org))


def _told(f: Fact, asked: bool = False) -> list[Token]:
    """The verb phrase of a fact; when asked who, without the year."""
    year = mark(words(f"{f.year}/NUM"), "year") if not asked else None
    city = build("in/ADP", mark(_name(f.city, "LOC"), "city")) if f.city else None
    if f.kind == "work":
        return build("arbeitet/VERB", _employer(f.org))
    if f.kind == "live":
        return build("lebt/VERB", city)
    if f.kind == "born":
        return build("wurde/AUX", year, city, "geboren/VERB")
    firm = build("die/DET Firma/NOUN", _organisation(f.org))
    perfect = build("hat/AUX", firm, "gegründet/VERB")
    return perfect if asked else build("gründete/VERB", year, firm)


def _person(f: Fact) -> list[Token]:
    return entity(f"{word(f.given)} {word(f.surname)}", "PER")


def fact(f: Fact) -> list[Token]:
    return finish(build(mark(_person(f), "person"), _told(f)))


def typical(t: Typical) -> list[Token]:
    plural = f"{NOUNS[t.noun].split()[2]}/NOUN"
    found = "findet/VERB man/PRON normalerweise/ADV"
    return finish(build(plural, found, spot(t.place)))


def use(u: Use) -> list[Token]:
    tool = mark(_phrase(NP(u.tool), "acc"), "tool")
    return finish(build("man/PRON braucht/VERB", tool, UM, PURPOSES[u.tool]))


def phrase(p: Phrase) -> list[Token]:
    text, end = PHRASES[p.id].rsplit(" ", 1)
    return finish(words(text), end)


def question(q: Question) -> list[Token]:
    of = q.of
    if isinstance(of, Event):
        core = _asked(of, q.role, q.indirect)
    elif isinstance(of, Because):
        e = of.event
        rest = _rest(e, perfect=True, after_name=True)
        core = build("warum/ADV hat/AUX", noun_phrase(e.agent), rest)
    elif isinstance(of, Typical):
        plural = f"{NOUNS[of.noun].split()[2]}/NOUN"
        core = build("wo/ADV findet/VERB man/PRON normalerweise/ADV", plural)
    elif isinstance(of, Use):
        core = build("was/PRON braucht/VERB man/PRON", UM, PURPOSES[of.tool])
    else:
        core = _about(of, q.role)
    return finish(mark(core, ""), "?")


def _asked(e: Event, role: str, indirect: bool) -> list[Token]:
    """A question about an event; the verb is second, or last if indirect."""
    asked = {"agent": "wer/PRON", "place": "wo/ADV", "time": "wann/ADV"}
    asked["patient"] = "wen/PRON" if e.patient.noun in PEOPLE else "was/PRON"
    agent = noun_phrase(e.agent) if role != "agent" else None
    if role == "next":
        return build("was/PRON hat/AUX", agent, "danach/ADV gemacht/VERB")
    rest = _rest(e, role, perfect=True, after_name=role != "agent")
    if indirect:
        return build(
            "wissen/VERB Sie/PRON ,/PUNCT", asked[role], agent, rest, "hat/AUX"
        )
    return build(asked[role], "hat/AUX", agent, rest)


def _about(f: Fact, role: str) -> list[Token]:
    """A question about a fact: "Wo wurde Anna Keller geboren?"."""
    person = _person(f)
    if role == "person":
        return build("wer/PRON", _told(f, asked=True))
    opening = "wann/ADV" if role == "year" else "wo/ADV"
    if (f.kind, role) == ("found", "org"):
        return build("welche/DET Firma/NOUN hat/AUX", person, "gegründet/VERB")
    if f.kind == "found":
        firm = build("die/DET Firma/NOUN", _organisation(f.org))
        return build("wann/ADV hat/AUX", person, firm, "gegründet/VERB")
    if f.kind == "born":
        return build(opening, "wurde/AUX", person, "geboren/VERB")
    return build(opening, "arbeitet/VERB" if f.kind == "work" else "lebt/VERB", person)
