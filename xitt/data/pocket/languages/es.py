"""Spanish."""

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

ENGLISH_NAME, ISO3, SPACES = "Spanish", "spa", True

NAMED = {  # spelt otherwise than the concept
    "maria": "María", "lucia": "Lucía", "sofia": "Sofía", "martin": "Martín",
    "victor": "Víctor", "thomas": "Tomás", "robert": "Roberto", "peter": "Pedro",
    "paul": "Pablo", "julia": "Julia", "mark": "Marcos", "oscar": "Óscar",
    "simon": "Simón", "felix": "Félix", "hugo": "Hugo", "ivan": "Iván",
    "adam": "Adán", "max": "Max", "london": "Londres", "rome": "Roma",
    "cairo": "El Cairo", "moscow": "Moscú", "tokyo": "Tokio", "delhi": "Delhi",
    "istanbul": "Estambul", "beijing": "Pekín", "lisbon": "Lisboa",
    "vienna": "Viena", "paris": "París", "berlin": "Berlín", "nairobi": "Nairobi",
    "new_york": "Nueva York", "buenos_aires": "Buenos Aires",
    "cape_town": "Ciudad del/ADP Cabo", "mexico_city": "Ciudad de/ADP México",
}  # fmt: skip
NOUNS = {  # noun, gender, plural
    "teacher": "profesora f profesoras", "doctor": "médico m médicos",
    "farmer": "granjero m granjeros", "student": "alumno m alumnos",
    "baker": "panadero m panaderos", "driver": "conductor m conductores",
    "engineer": "ingeniera f ingenieras", "painter": "pintor m pintores",
    "singer": "cantante f cantantes", "lawyer": "abogada f abogadas",
    "journalist": "periodista m periodistas", "neighbour": "vecino m vecinos",
    "book": "libro m libros", "letter": "carta f cartas",
    "newspaper": "periódico m periódicos", "key": "llave f llaves",
    "ring": "anillo m anillos", "phone": "teléfono m teléfonos",
    "bag": "bolsa f bolsas", "camera": "cámara f cámaras",
    "umbrella": "paraguas m paraguas", "ticket": "billete m billetes",
    "lamp": "lámpara f lámparas", "clock": "reloj m relojes",
    "chair": "silla f sillas", "table": "mesa f mesas", "box": "caja f cajas",
    "picture": "cuadro m cuadros", "radio": "radio f radios",
    "computer": "ordenador m ordenadores", "cup": "taza f tazas",
    "plate": "plato m platos", "knife": "cuchillo m cuchillos",
    "shirt": "camisa f camisas", "dress": "vestido m vestidos",
    "hat": "sombrero m sombreros", "coat": "abrigo m abrigos",
    "car": "coche m coches", "bicycle": "bicicleta f bicicletas",
    "boat": "barco m barcos", "door": "puerta f puertas",
    "window": "ventana f ventanas", "house": "casa f casas",
    "flower": "flor f flores", "ball": "pelota f pelotas",
    "apple": "manzana f manzanas", "egg": "huevo m huevos",
    "cake": "pastel m pasteles", "bread": "pan m -", "rice": "arroz m -",
    "soup": "sopa f -", "cheese": "queso m -", "fish": "pescado m -", "tea": "té m -",
    "coffee": "café m -", "water": "agua f -", "milk": "leche f -", "juice": "zumo m -",
    "dog": "perro m perros", "cat": "gato m gatos", "horse": "caballo m caballos",
    "cow": "vaca f vacas", "bird": "pájaro m pájaros", "animal": "animal m animales",
    "vehicle": "vehículo m vehículos", "food": "comida f -",
    "market": "mercado m -", "garden": "jardín m -", "park": "parque m -",
    "school": "escuela f -", "library": "biblioteca f -", "kitchen": "cocina f -",
    "station": "estación f -", "restaurant": "restaurante m -",
    "hospital": "hospital m -", "museum": "museo m -", "hotel": "hotel m -",
    "office": "oficina f -", "forest": "bosque m -", "beach": "playa f -",
    "village": "pueblo m -", "farm": "granja f -",
}  # fmt: skip
ADJECTIVES = {  # masculine, feminine; the plural adds -s, or -es after a consonant
    "red": "rojo roja", "green": "verde verde", "blue": "azul azul",
    "yellow": "amarillo amarilla", "black": "negro negra", "white": "blanco blanca",
    "big": "grande grande", "small": "pequeño pequeña", "old": "viejo vieja",
    "new": "nuevo nueva", "beautiful": "bonito bonita", "expensive": "caro cara",
    "cheap": "barato barata", "hot": "caliente caliente", "cold": "frío fría",
    "fresh": "fresco fresca", "young": "joven joven", "tall": "alto alta",
    "famous": "famoso famosa",
}  # fmt: skip
VERBS = {
    "buy": "compró", "sell": "vendió", "open": "abrió", "close": "cerró",
    "find": "encontró", "lose": "perdió", "repair": "reparó", "break": "rompió",
    "read": "leyó", "write": "escribió", "eat": "comió", "cook": "cocinó",
    "drink": "bebió", "wash": "lavó", "paint": "pintó", "send": "envió",
    "receive": "recibió", "see": "vio", "meet": "conoció", "invite": "invitó",
    "visit": "visitó", "greet": "saludó", "search": "buscó",
}  # fmt: skip
NUMBERS = {2: "dos", 3: "tres", 4: "cuatro", 5: "cinco", 10: "diez"}
TIMES = {
    "yesterday": "ayer/ADV", "last_week": "la/DET semana/NOUN pasada/ADJ",
    "morning": "por/ADP la/DET mañana/NOUN", "afternoon": "por/ADP la/DET tarde/NOUN",
    "evening": "por/ADP la/DET noche/NOUN", "monday": "el/DET lunes/NOUN",
    "wednesday": "el/DET miércoles/NOUN", "friday": "el/DET viernes/NOUN",
    "saturday": "el/DET sábado/NOUN", "sunday": "el/DET domingo/NOUN",
    "may": "en/ADP mayo/NOUN", "october": "en/ADP octubre/NOUN",
    "summer": "en/ADP verano/NOUN", "winter": "en/ADP invierno/NOUN",
}  # fmt: skip
ORGS = {
    "radio_orion": "Radio Orion", "delta_bank": "Delta Bank",
    "atlas_motors": "Atlas Motors", "terra_foods": "Terra Foods",
    "university_vienna": "Universidad de/ADP Viena",
    "university_cairo": "Universidad de/ADP El Cairo",
    "bank_tokyo": "Banco de/ADP Tokio",
}  # fmt: skip
ARTICLES = {"university_vienna": "la/DET", "university_cairo": "la/DET"}
ARTICLES |= {"bank_tokyo": "el/DET"}
STATES = {  # masculine, feminine
    "hungry": "tenía/VERB hambre/NOUN", "thirsty": "tenía/VERB sed/NOUN",
    "tired": "estaba/AUX cansad{}/ADJ", "ill": "estaba/AUX enferm{}/ADJ",
    "happy": "estaba/AUX content{}/ADJ", "bored": "estaba/AUX aburrid{}/ADJ",
    "cold_state": "tenía/VERB frío/NOUN",
}  # fmt: skip
PURPOSES = {
    "knife": "cortar/VERB el/DET pan/NOUN", "key": "abrir/VERB una/DET puerta/NOUN",
    "umbrella": "no/ADV mojarse/VERB", "lamp": "leer/VERB por/ADP la/DET noche/NOUN",
    "clock": "saber/VERB la/DET hora/NOUN", "cup": "beber/VERB té/NOUN",
    "camera": "hacer/VERB fotos/NOUN", "phone": "llamar/VERB a/ADP un/DET amigo/NOUN",
    "bicycle": "ir/VERB a/ADP la/DET escuela/NOUN", "bag": "llevar/VERB libros/NOUN",
    "boat": "cruzar/VERB el/DET río/NOUN", "coat": "no/ADV pasar/VERB frío/NOUN",
}  # fmt: skip
PHRASES = {
    "good_morning": "buenos/ADJ días/NOUN !", "good_night": "buenas/ADJ noches/NOUN !",
    "thank_you": "muchas/DET gracias/NOUN !", "excuse_me": "perdone/VERB !",
    "how_are_you": "cómo/ADV está/VERB usted/PRON ?",
    "i_am_fine": "estoy/AUX bien/ADV .",
    "what_is_your_name": "cómo/ADV se/PRON llama/VERB usted/PRON ?",
    "where_is_the_station": "dónde/ADV está/VERB la/DET estación/NOUN ?",
    "how_much_is_this": "cuánto/PRON cuesta/VERB esto/PRON ?",
    "i_do_not_understand": "no/ADV entiendo/VERB .",
    "i_am_learning_english": "estoy/AUX aprendiendo/VERB inglés/NOUN .",
    "i_am_hungry": "tengo/VERB hambre/NOUN .",
    "it_is_raining": "está/AUX lloviendo/VERB .",
    "it_is_late": "es/AUX tarde/ADV .", "we_are_tired": "estamos/AUX cansados/ADJ .",
    "please_sit_down": "siéntese/VERB ,/PUNCT por/ADP favor/NOUN .",
    "see_you_tomorrow": "hasta/ADP mañana/ADV !",
    "happy_birthday": "feliz/ADJ cumpleaños/NOUN !",
    "what_time_is_it": "qué/DET hora/NOUN es/AUX ?",
    "do_you_speak_english": "habla/VERB usted/PRON inglés/NOUN ?",
    "i_live_here": "vivo/VERB aquí/ADV .",
    "i_like_music": "me/PRON gusta/VERB la/DET música/NOUN .",
    "come_in": "pase/VERB !", "who_is_there": "quién/PRON está/VERB ahí/ADV ?",
    "this_is_my_house": "esta/PRON es/AUX mi/DET casa/NOUN .",
    "i_have_two_brothers": "tengo/VERB dos/NUM hermanos/NOUN .",
    "she_is_my_sister": "ella/PRON es/AUX mi/DET hermana/NOUN .",
    "we_are_going_home": "vamos/VERB a/ADP casa/NOUN .",
    "i_need_help": "necesito/VERB ayuda/NOUN .",
    "the_food_is_good": "la/DET comida/NOUN está/AUX buena/ADJ .",
}  # fmt: skip


def word(concept: str) -> str:
    if concept in NOUNS:
        return NOUNS[concept].split()[0]
    if concept in ADJECTIVES:
        return ADJECTIVES[concept].split()[0]
    if concept in ("someone", "something"):
        return {"someone": "alguien", "something": "algo"}[concept]
    name = NAMED.get(concept, concept.replace("_", " ").title())
    return VERBS.get(concept, name.replace("/ADP", ""))


def _name(concept: str, kind: str) -> list[Token]:
    return entity(NAMED.get(concept, concept.title()), kind)


def _adjective(adj: str, gender: str, plural: bool) -> list[Token]:
    form = ADJECTIVES[adj].split()["mf".index(gender)]
    if plural:
        form = "jóvenes" if form == "joven" else form
        form += "" if form.endswith("s") else "s" if form[-1] in "aeiou" else "es"
    return words(f"{form}/ADJ")


def noun_phrase(np: NP) -> list[Token]:
    if np.noun in NAMES:
        return _name(np.noun, "PER")
    if np.noun in ("someone", "something"):
        return words(f"{word(np.noun)}/PRON")
    singular, gender, plural = NOUNS[np.noun].split()
    adj = _adjective(np.adj, gender, np.count > 1) if np.adj else None
    if np.count > 1:
        return build(f"{NUMBERS[np.count]}/NUM {plural}/NOUN", adj)
    article = {"m": ("el", "un"), "f": ("la", "una")}[gender][not np.definite]
    if np.noun == "water":  # feminine, but el before a stressed a-
        article = "el"
    if np.noun in MASS and not np.definite:
        return build(f"{singular}/NOUN", adj)
    return build(f"{article}/DET {singular}/NOUN", adj)


def _after(preposition: str, tokens: list[Token]) -> list[Token]:
    """a and de melt with the article el, but not with that of a city (El Cairo)."""
    first = tokens[0]
    if preposition in ("a", "de") and first.text == "el":
        melted = "al" if preposition == "a" else "del"
        return [*words(f"{melted}/ADP"), *tokens[1:]]
    return [*words(f"{preposition}/ADP"), *tokens]


def _object(np: NP) -> list[Token]:
    """A direct object; people take the personal a."""
    tokens = noun_phrase(np)
    return _after("a", tokens) if np.noun in PEOPLE else tokens


def _marked(tokens: list[Token], role: str) -> list[Token]:
    """All but a preposition in front is the answer to a question about `role`."""
    if tokens[0].pos == "ADP":
        return [tokens[0], *mark(tokens[1:], role)]
    return mark(tokens, role)


def spot(place: str) -> list[Token]:
    city = place in CITIES
    where = _name(place, "LOC") if city else noun_phrase(NP(place, definite=True))
    return build("en/ADP", mark(where, "place"))


def _time(time: str) -> list[Token]:
    return mark(words(TIMES[time]), "time")


def _and(tokens: list[Token]) -> list[Token]:
    """y, but e before the sound i-."""
    e = tokens[0].text.lower().startswith(("i", "hi"))
    return build("e/CCONJ" if e else "y/CCONJ", tokens)


def _patients(e: Event) -> list[Token]:
    first = _marked(_object(e.patient), "patient")
    return build(first, _and(_object(e.other)) if e.other else None)


def _adjuncts(e: Event, without: str = "") -> list[Token]:
    return build(
        spot(e.place) if e.place and without != "place" else None,
        _time(e.time) if e.time and without != "time" else None,
    )


def _verb(e: Event) -> list[Token]:
    return build("no/ADV" if e.negated else None, f"{VERBS[e.verb]}/VERB")


def _clause(e: Event) -> list[Token]:
    opening = {
        "then": lambda: words("luego/ADV"),
        "time": lambda: build(_time(e.time), ",/PUNCT") if e.time else [],
        "place": lambda: build(spot(e.place), ",/PUNCT") if e.place else [],
        "": lambda: [],
    }[e.front]()
    agent = mark(noun_phrase(e.agent), "agent")
    return build(opening, agent, _verb(e), _patients(e), _adjuncts(e, e.front))


def event(e: Event) -> list[Token]:
    return finish(_clause(e))


def transfer(t: Transfer) -> list[Token]:
    agent, party = (t.giver, t.taker) if t.view == "sell" else (t.taker, t.giver)
    front = build(_time(t.time), ",/PUNCT") if t.time and t.front else None
    verb = f"le/PRON {VERBS[t.view]}/VERB"  # le doubles the other party
    core = build(_name(agent, "PER"), verb, _object(t.patient))
    back = _time(t.time) if t.time and not t.front else None
    return finish(build(front, core, "a/ADP", _name(party, "PER"), back))


def _feels(state: str, name: str) -> list[Token]:
    return words(STATES[state].format("a" if name in WOMEN else "o"))


def state(s: State) -> list[Token]:
    return finish(build(_name(s.name, "PER"), _feels(s.state, s.name)))


def because(b: Because) -> list[Token]:
    e, name = b.event, b.event.agent.noun
    if b.so:
        reason = mark(build(_name(name, "PER"), _feels(b.state, name)), "reason")
        act = build(_verb(e), _patients(e), _adjuncts(e))
        return finish(build(reason, ",/PUNCT así/ADV que/SCONJ", act))
    reason = mark(_feels(b.state, name), "reason")
    return finish(build(_clause(e), "porque/SCONJ", reason))


def _organisation(org: str) -> list[Token]:
    name = entity(ORGS.get(org, org.title()), "ORG")
    return build(ARTICLES.get(org), mark(name, "org"))


def _told(f: Fact, told: tuple[str, ...]) -> list[Token]:
    """The verb phrase of a fact, with those of its details that are `told`."""
    year = mark(words(f"{f.year}/NUM"), "year")
    year = build("en/ADP", year) if f.year and "year" in told else None
    city = build("en/ADP", mark(_name(f.city, "LOC"), "city")) if f.city else None
    if f.kind == "work":
        return build("trabaja/VERB", _after("para", _organisation(f.org)))
    if f.kind == "live":
        return build("vive/VERB", city)
    if f.kind == "found":
        return build("fundó/VERB", _organisation(f.org), year)
    return build("nació/VERB", city if "city" in told else None, year)


def _person(f: Fact) -> list[Token]:
    given = NAMED.get(f.given, f.given.title())
    return entity(f"{given} {f.surname.title()}", "PER")


def fact(f: Fact) -> list[Token]:
    return finish(build(mark(_person(f), "person"), _told(f, ("org", "city", "year"))))


def typical(t: Typical) -> list[Token]:
    plural = NOUNS[t.noun].split()[2]
    core = f"normalmente/ADV se/PRON encuentran/VERB {plural}/NOUN"
    return finish(build(core, spot(t.place)))


def use(u: Use) -> list[Token]:
    tool = mark(noun_phrase(NP(u.tool)), "tool")
    return finish(build("se/PRON usa/VERB", tool, "para/ADP", PURPOSES[u.tool]))


def phrase(p: Phrase) -> list[Token]:
    text, end = PHRASES[p.id].rsplit(" ", 1)
    return finish(words(text), end, {"?": "¿", "!": "¡"}.get(end, ""))


def question(q: Question) -> list[Token]:
    of = q.of
    if isinstance(of, Event):
        core = _asked(of, q.role)
        core = build("sabe/VERB usted/PRON", core) if q.indirect else core
    elif isinstance(of, Because):
        e = of.event
        act = build(_verb(e), noun_phrase(e.agent), _patients(e), _adjuncts(e))
        core = build("por/ADP qué/PRON", act)
    elif isinstance(of, Typical):
        plural = NOUNS[of.noun].split()[2]
        found = f"se/PRON encuentran/VERB normalmente/ADV {plural}/NOUN"
        core = build("dónde/ADV", found)
    elif isinstance(of, Use):
        core = build("qué/PRON se/PRON usa/VERB para/ADP", PURPOSES[of.tool])
    else:
        core = _about(of, q.role)
    return finish(mark(core, ""), "?", "¿")


def _asked(e: Event, role: str) -> list[Token]:
    """A question about an event: the subject stands after the verb."""
    verb, agent = f"{VERBS[e.verb]}/VERB", noun_phrase(e.agent)
    if role == "agent":
        return build("quién/PRON", verb, _patients(e), _adjuncts(e))
    if role == "next":
        return build("qué/PRON hizo/VERB", agent, "después/ADV")
    if role == "patient":
        what = "a/ADP quién/PRON" if e.patient.noun in PEOPLE else "qué/PRON"
        return build(what, verb, agent, _adjuncts(e))
    adverb = "dónde/ADV" if role == "place" else "cuándo/ADV"
    return build(adverb, verb, agent, _patients(e), _adjuncts(e, role))


def _about(f: Fact, role: str) -> list[Token]:
    """A question about a fact: "¿Dónde nació Anna Keller?"."""
    if role == "person":
        return build("quién/PRON", _told(f, ("org", "city")))
    opening = "cuándo/ADV" if role == "year" else "dónde/ADV"
    opening = "qué/PRON" if (f.kind, role) == ("found", "org") else opening
    verbs = {"work": "trabaja", "live": "vive", "born": "nació", "found": "fundó"}
    company = f.kind == "found" and role == "year"
    org = _organisation(f.org) if company else None
    return build(opening, f"{verbs[f.kind]}/VERB", _person(f), org)
