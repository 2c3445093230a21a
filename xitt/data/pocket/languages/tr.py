"""Turkish. Tags as in IMST and PUD: a word with its case or copula is one token."""

from __future__ import annotations

from xitt.data.pocket.concepts import CITIES, MASS, NAMES, PEOPLE
from xitt.data.pocket.grammar import Token, build, entity, mark, words
from xitt.data.pocket.grammar import finish as capitalised
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

ENGLISH_NAME, ISO3, SPACES = "Turkish", "tur", True

NAMED = {  # accusative; the nominative stands before the apostrophe
    "anna": "Anna'yı", "maria": "Maria'yı", "elena": "Elena'yı", "sara": "Sara'yı",
    "laura": "Laura'yı", "nina": "Nina'yı", "clara": "Clara'yı", "eva": "Eva'yı",
    "lucia": "Lucia'yı", "julia": "Julia'yı", "sofia": "Sofia'yı", "irene": "Irene'yi",
    "diana": "Diana'yı", "amira": "Amira'yı", "helena": "Helena'yı",
    "carla": "Carla'yı", "marta": "Marta'yı", "olga": "Olga'yı", "leila": "Leyla'yı",
    "silvia": "Silvia'yı", "david": "David'i", "daniel": "Daniel'i", "adam": "Adam'ı",
    "omar": "Ömer'i", "peter": "Peter'i", "thomas": "Thomas'ı", "martin": "Martin'i",
    "victor": "Victor'u", "paul": "Paul'ü", "robert": "Robert'i", "ivan": "İvan'ı",
    "mark": "Mark'ı", "leo": "Leo'yu", "hugo": "Hugo'yu", "karim": "Kerim'i",
    "oscar": "Oscar'ı", "simon": "Simon'u", "felix": "Felix'i", "max": "Max'ı",
    "samir": "Samir'i",
}  # fmt: skip
LOCATIVES = {  # "in Berlin", "in the garden"
    "berlin": "Berlin'de", "madrid": "Madrid'de", "cairo": "Kahire'de",
    "london": "Londra'da", "paris": "Paris'te", "rome": "Roma'da",
    "moscow": "Moskova'da", "tokyo": "Tokyo'da", "delhi": "Delhi'de",
    "nairobi": "Nairobi'de", "istanbul": "İstanbul'da", "beijing": "Pekin'de",
    "lisbon": "Lizbon'da", "vienna": "Viyana'da", "new_york": "New York'ta",
    "buenos_aires": "Buenos Aires'te", "cape_town": "Cape Town'da",
    "mexico_city": "Mexico City'de", "market": "pazarda", "garden": "bahçede",
    "park": "parkta", "school": "okulda", "library": "kütüphanede",
    "kitchen": "mutfakta", "station": "istasyonda", "restaurant": "restoranda",
    "hospital": "hastanede", "museum": "müzede", "hotel": "otelde", "office": "ofiste",
    "forest": "ormanda", "beach": "plajda", "village": "köyde", "farm": "çiftlikte",
}  # fmt: skip
ORGS = {  # locative, accusative
    "lumora": ("Lumora'da", "Lumora'yı"), "novatek": ("Novatek'te", "Novatek'i"),
    "verdana": ("Verdana'da", "Verdana'yı"),
    "radio_orion": ("Radyo Orion'da", "Radyo Orion'u"),
    "delta_bank": ("Delta Bank'ta", "Delta Bank'ı"),
    "atlas_motors": ("Atlas Motors'ta", "Atlas Motors'u"),
    "terra_foods": ("Terra Foods'ta", "Terra Foods'u"),
    "university_vienna": ("Viyana Üniversitesinde", "Viyana Üniversitesini"),
    "university_cairo": ("Kahire Üniversitesinde", "Kahire Üniversitesini"),
    "bank_tokyo": ("Tokyo Bankasında", "Tokyo Bankasını"),
}  # fmt: skip
NOUNS = {  # nominative, accusative
    "teacher": "öğretmen öğretmeni", "doctor": "doktor doktoru",
    "farmer": "çiftçi çiftçiyi", "student": "öğrenci öğrenciyi",
    "baker": "fırıncı fırıncıyı", "driver": "şoför şoförü",
    "engineer": "mühendis mühendisi", "painter": "ressam ressamı",
    "singer": "şarkıcı şarkıcıyı", "lawyer": "avukat avukatı",
    "journalist": "gazeteci gazeteciyi", "neighbour": "komşu komşuyu",
    "book": "kitap kitabı", "letter": "mektup mektubu", "newspaper": "gazete gazeteyi",
    "key": "anahtar anahtarı", "ring": "yüzük yüzüğü", "phone": "telefon telefonu",
    "bag": "çanta çantayı", "camera": "kamera kamerayı",
    "umbrella": "şemsiye şemsiyeyi", "ticket": "bilet bileti", "lamp": "lamba lambayı",
    "clock": "saat saati", "chair": "sandalye sandalyeyi", "table": "masa masayı",
    "box": "kutu kutuyu", "picture": "resim resmi", "radio": "radyo radyoyu",
    "computer": "bilgisayar bilgisayarı", "cup": "fincan fincanı",
    "plate": "tabak tabağı", "knife": "bıçak bıçağı", "shirt": "gömlek gömleği",
    "dress": "elbise elbiseyi", "hat": "şapka şapkayı", "coat": "palto paltoyu",
    "car": "araba arabayı", "bicycle": "bisiklet bisikleti", "boat": "tekne tekneyi",
    "door": "kapı kapıyı", "window": "pencere pencereyi", "house": "ev evi",
    "flower": "çiçek çiçeği", "ball": "top topu", "apple": "elma elmayı",
    "egg": "yumurta yumurtayı", "cake": "pasta pastayı", "bread": "ekmek ekmeği",
    "rice": "pilav pilavı", "soup": "çorba çorbayı", "cheese": "peynir peyniri",
    "fish": "balık balığı", "tea": "çay çayı", "coffee": "kahve kahveyi",
    "water": "su suyu", "milk": "süt sütü", "juice": "meyve_suyu meyve_suyunu",
    "dog": "köpek köpeği", "cat": "kedi kediyi", "horse": "at atı", "cow": "inek ineği",
    "bird": "kuş kuşu", "animal": "hayvan hayvanı", "vehicle": "araç aracı",
    "food": "yemek yemeği", "someone": "birisi birisini", "something": "şey şeyi",
}  # fmt: skip
ADJECTIVES = {
    "red": "kırmızı", "green": "yeşil", "blue": "mavi", "yellow": "sarı",
    "black": "siyah", "white": "beyaz", "big": "büyük", "small": "küçük", "old": "eski",
    "new": "yeni", "beautiful": "güzel", "expensive": "pahalı", "cheap": "ucuz",
    "hot": "sıcak", "cold": "soğuk", "fresh": "taze", "young": "genç",
    "tall": "uzun boylu", "famous": "ünlü",
}  # fmt: skip
VERBS = {  # past, negated past, "that she did"
    "buy": "aldı almadı aldığını", "sell": "sattı satmadı sattığını",
    "open": "açtı açmadı açtığını", "close": "kapattı kapatmadı kapattığını",
    "find": "buldu bulmadı bulduğunu", "lose": "kaybetti kaybetmedi kaybettiğini",
    "repair": "onardı onarmadı onardığını", "break": "kırdı kırmadı kırdığını",
    "read": "okudu okumadı okuduğunu", "write": "yazdı yazmadı yazdığını",
    "eat": "yedi yemedi yediğini", "cook": "pişirdi pişirmedi pişirdiğini",
    "drink": "içti içmedi içtiğini", "wash": "yıkadı yıkamadı yıkadığını",
    "paint": "boyadı boyamadı boyadığını", "send": "gönderdi göndermedi gönderdiğini",
    "receive": "aldı almadı aldığını", "see": "gördü görmedi gördüğünü",
    "meet": "tanıştı tanışmadı tanıştığını", "invite": "etti etmedi ettiğini",
    "visit": "etti etmedi ettiğini", "greet": "selamladı selamlamadı selamladığını",
    "search": "aradı aramadı aradığını",
}  # fmt: skip
LIGHT = {  # nouns that make a verb with the form above
    "buy": "satın", "receive": "teslim", "invite": "davet", "visit": "ziyaret",
}  # fmt: skip
ALWAYS_ACCUSATIVE = ("close", "wash", "invite", "visit", "greet")
NUMBERS = {2: "iki", 3: "üç", 4: "dört", 5: "beş", 10: "on"}
TIMES = {
    "yesterday": "dün/NOUN", "last_week": "geçen/ADJ hafta/NOUN",
    "morning": "sabah/NOUN", "afternoon": "öğleden/NOUN sonra/ADP",
    "evening": "akşam/NOUN", "monday": "pazartesi/NOUN günü/NOUN",
    "wednesday": "çarşamba/NOUN günü/NOUN", "friday": "cuma/NOUN günü/NOUN",
    "saturday": "cumartesi/NOUN günü/NOUN", "sunday": "pazar/NOUN günü/NOUN",
    "may": "mayısta/NOUN", "october": "ekimde/NOUN", "summer": "yazın/NOUN",
    "winter": "kışın/NOUN",
}  # fmt: skip
STATES = {
    "hungry": "acıkmıştı/VERB", "thirsty": "susamıştı/VERB", "tired": "yorgundu/ADJ",
    "ill": "hastaydı/ADJ", "happy": "mutluydu/ADJ", "bored": "sıkılmıştı/VERB",
    "cold_state": "üşüyordu/VERB",
}  # fmt: skip
FACTS = {"work": "çalışıyor", "live": "yaşıyor", "born": "doğdu", "found": "kurdu"}
PURPOSES = {  # before için
    "knife": "ekmek/NOUN kesmek/VERB", "key": "kapı/NOUN açmak/VERB",
    "umbrella": "ıslanmamak/VERB", "lamp": "gece/NOUN kitap/NOUN okumak/VERB",
    "clock": "zamanı/NOUN öğrenmek/VERB", "cup": "çay/NOUN içmek/VERB",
    "camera": "fotoğraf/NOUN çekmek/VERB", "phone": "bir/DET arkadaşı/NOUN aramak/VERB",
    "bicycle": "okula/NOUN gitmek/VERB", "bag": "kitap/NOUN taşımak/VERB",
    "boat": "nehri/NOUN geçmek/VERB", "coat": "soğuktan/NOUN korunmak/VERB",
}  # fmt: skip
PHRASES = {
    "good_morning": "günaydın/INTJ !", "good_night": "iyi/ADJ geceler/NOUN !",
    "thank_you": "çok/ADV teşekkür/NOUN ederim/VERB !",
    "excuse_me": "affedersiniz/VERB !", "how_are_you": "nasılsınız/ADV ?",
    "i_am_fine": "iyiyim/ADJ .", "what_is_your_name": "adınız/NOUN ne/PRON ?",
    "where_is_the_station": "istasyon/NOUN nerede/PRON ?",
    "how_much_is_this": "bu/PRON ne/PRON kadar/ADP ?",
    "i_do_not_understand": "anlamıyorum/VERB .",
    "i_am_learning_english": "İngilizce/PROPN öğreniyorum/VERB .",
    "i_am_hungry": "acıktım/VERB .", "it_is_raining": "yağmur/NOUN yağıyor/VERB .",
    "it_is_late": "geç/ADJ oldu/AUX .", "we_are_tired": "yorgunuz/ADJ .",
    "please_sit_down": "lütfen/ADV oturun/VERB .",
    "see_you_tomorrow": "yarın/NOUN görüşürüz/VERB !",
    "happy_birthday": "doğum/NOUN günün/NOUN kutlu/ADJ olsun/AUX !",
    "what_time_is_it": "saat/NOUN kaç/NUM ?",
    "do_you_speak_english": "İngilizce/PROPN biliyor/VERB musunuz/AUX ?",
    "i_live_here": "burada/PRON yaşıyorum/VERB .",
    "i_like_music": "müziği/NOUN severim/VERB .",
    "come_in": "içeri/NOUN buyurun/VERB !", "who_is_there": "kim/PRON o/PRON ?",
    "this_is_my_house": "bu/PRON benim/PRON evim/NOUN .",
    "i_have_two_brothers": "iki/NUM erkek/NOUN kardeşim/NOUN var/ADJ .",
    "she_is_my_sister": "o/PRON benim/PRON kız/NOUN kardeşim/NOUN .",
    "we_are_going_home": "eve/NOUN gidiyoruz/VERB .",
    "i_need_help": "yardıma/NOUN ihtiyacım/NOUN var/ADJ .",
    "the_food_is_good": "yemek/NOUN güzel/ADJ .",
}  # fmt: skip


def finish(tokens: list[Token], end: str = ".") -> list[Token]:
    """A sentence: the capital of i is İ."""
    first, *rest = tokens
    if first.text.startswith("i"):
        first = first._replace(text="İ" + first.text[1:])
    return capitalised([first, *rest], end)


def word(concept: str) -> str:
    """Places in the locative; of "satın aldı" and the like the first word."""
    if concept in NAMES:
        return _named(concept)
    if concept in NOUNS:
        return NOUNS[concept].split()[0].replace("_", " ")
    if concept in VERBS:
        return LIGHT.get(concept, VERBS[concept].split()[0])
    if concept in ADJECTIVES:
        return ADJECTIVES[concept].split()[0]
    return LOCATIVES.get(concept, concept.title())


def _named(name: str) -> str:
    return NAMED[name].split("'")[0]


def _genitive(nominative: str, accusative: str) -> str:
    """Anna'yı Anna'nın, ressamı ressamın: y and n join the endings to a vowel."""
    joined = accusative[-2] == "y" and nominative[-1] in "aeıioöuü"
    return f"{accusative[:-2]}n{accusative[-1]}n" if joined else f"{accusative}n"


def _plural(noun: str) -> str:
    nominative, accusative = NOUNS[noun].split()
    return nominative + ("lar" if accusative[-1] in "ıu" else "ler")


def _dative(name: str) -> str:
    return NAMED[name][:-1] + ("a" if NAMED[name][-1] in "ıu" else "e")


def _ablative(name: str) -> str:
    nominative = _named(name)
    consonant = "t" if nominative[-1] in "pçtkfhsşx" else "d"
    return f"{nominative}'{consonant}{_dative(name)[-1]}n"


def _noun(noun: str, case: str) -> list[Token]:
    """A noun or name in the case nom, acc or gen."""
    if noun in NAMES:
        nominative, accusative = _named(noun), NAMED[noun]
    else:
        nominative, accusative = NOUNS[noun].split()
    form = accusative if case == "acc" else nominative
    form = _genitive(nominative, accusative) if case == "gen" else form
    if noun in NAMES:
        return entity(form, "PER")
    return words("/NOUN ".join(form.split("_")) + "/NOUN")


def noun_phrase(np: NP, case: str = "nom", article: bool = True) -> list[Token]:
    """Numeral, adjective, "bir", noun: "kırmızı bir şapka", "üç kırmızı şapka"."""
    if np.noun == "someone":
        return words("birisi/PRON")
    adj = ADJECTIVES[np.adj].replace(" ", "/ADJ ") + "/ADJ" if np.adj else None
    number = f"{NUMBERS[np.count]}/NUM" if np.count > 1 else None
    bare = np.noun in NAMES or np.noun in MASS or np.definite or number or not article
    return build(number, adj, None if bare else "bir/DET", _noun(np.noun, case))


def spot(place: str) -> list[Token]:
    form = LOCATIVES[place]
    where = entity(form, "LOC") if place in CITIES else words(f"{form}/NOUN")
    return mark(where, "place")


def _time(time: str) -> list[Token]:
    return mark(words(TIMES[time]), "time")


def _accusative(np: NP, verb: str) -> bool:
    """Definite objects and names; with some verbs any: "bir avukatı ziyaret etti"."""
    if verb == "meet":
        return False
    return np.definite or np.noun in NAMES or verb in ALWAYS_ACCUSATIVE


def _patients(e: Event) -> list[Token]:
    """The objects; one is acquainted "ile" somebody."""

    def patient(np: NP) -> list[Token]:
        case = "acc" if _accusative(np, e.verb) else "nom"
        left_out = e.negated and case == "nom" and not np.adj and np.noun not in PEOPLE
        return noun_phrase(np, case, article=not left_out)

    with_ = "ile/ADP" if e.verb == "meet" else None
    other = build("ve/CCONJ", patient(e.other)) if e.other else None
    return build(mark(patient(e.patient), "patient"), with_, other)


def _verb(verb: str, form: int = 0, e: Event | None = None) -> list[Token]:
    """form: 0 past, 1 negated past, 2 "that she did". One drinks soup."""
    if e and (verb, e.patient.noun, e.other) == ("eat", "soup", None):
        verb = "drink"
    light = f"{LIGHT[verb]}/NOUN" if verb in LIGHT else None
    return build(light, f"{VERBS[verb].split()[form]}/VERB")


def _adjuncts(e: Event, without: str = "") -> list[Token]:
    time = _time(e.time) if e.time and without != "time" else None
    return build(time, spot(e.place) if e.place and without != "place" else None)


def _act(e: Event, without: str = "", asked: str = "", form: int = 0) -> list[Token]:
    """All but the agent, with a question word after definite objects, before others."""
    adjuncts, form = _adjuncts(e, without), int(e.negated) or form
    if without == "patient":
        return build(adjuncts, asked, _verb(e.verb, form))
    objects = [asked, _patients(e)]
    if e.verb == "meet" or _accusative(e.patient, e.verb):
        objects.reverse()
    return build(adjuncts, *objects, _verb(e.verb, form, e))


def _clause(e: Event) -> list[Token]:
    then = "sonra/ADV" if e.front == "then" else None
    other = {"time": "place", "place": "time"}.get(e.front)
    first = _adjuncts(e, other) if other else None
    return build(then, first, mark(noun_phrase(e.agent), "agent"), _act(e, e.front))


def event(e: Event) -> list[Token]:
    return finish(_clause(e))


def transfer(t: Transfer) -> list[Token]:
    agent, party = t.giver, _dative(t.taker)
    if t.view == "buy":
        agent, party = t.taker, _ablative(t.giver)
    patient = noun_phrase(t.patient, "acc" if t.patient.definite else "nom")
    order = -1 if t.patient.definite else 1  # what is known comes first
    objects = [entity(party, "PER"), patient][::order]
    time = _time(t.time) if t.time else []
    subject = _noun(agent, "nom")
    opening = build(time, subject) if t.front == "time" else build(subject, time)
    return finish(build(opening, *objects, _verb(t.view)))


def state(s: State) -> list[Token]:
    return finish(build(_noun(s.name, "nom"), STATES[s.state]))


def because(b: Because) -> list[Token]:
    e, felt = b.event, words(STATES[b.state])
    if b.so:
        reason = mark(build(noun_phrase(e.agent), felt), "reason")
        return finish(build(reason, ",/PUNCT bu/DET yüzden/NOUN", _act(e)))
    return finish(build(_clause(e), "çünkü/CCONJ", mark(felt, "reason")))


def _where(f: Fact) -> list[Token]:
    """The city or organisation of a fact, in its case."""
    if f.kind in ("live", "born"):
        return mark(entity(LOCATIVES[f.city], "LOC"), "city")
    return mark(entity(ORGS[f.org][f.kind == "found"], "ORG"), "org")


def _person(f: Fact) -> list[Token]:
    return mark(entity(f"{_named(f.given)} {f.surname.title()}", "PER"), "person")


def fact(f: Fact) -> list[Token]:
    year = build(mark(words(f"{f.year}/NUM"), "year"), "yılında/NOUN")
    year = year if f.kind in ("born", "found") else None
    return finish(build(_person(f), year, _where(f), f"{FACTS[f.kind]}/VERB"))


def typical(t: Typical) -> list[Token]:
    noun = f"{_plural(t.noun)}/NOUN genellikle/ADV"
    return finish(build(noun, spot(t.place), "bulunur/VERB"))


def use(u: Use) -> list[Token]:
    tool = mark(_noun(u.tool, "nom"), "tool")
    return finish(build(PURPOSES[u.tool], "için/ADP", tool, "kullanılır/VERB"))


def phrase(p: Phrase) -> list[Token]:
    text, end = PHRASES[p.id].rsplit(" ", 1)
    return finish(words(text), end)


def question(q: Question) -> list[Token]:
    of = q.of
    if isinstance(of, Event):
        core = _of_event(of, q.role, q.indirect)
    elif isinstance(of, Because):
        core = build(noun_phrase(of.event.agent), _act(of.event, asked="neden/ADV"))
    elif isinstance(of, Typical):
        core = words(f"{_plural(of.noun)}/NOUN genellikle/ADV nerede/PRON bulunur/VERB")
    elif isinstance(of, Use):
        core = build(PURPOSES[of.tool], "için/ADP ne/PRON kullanılır/VERB")
    else:
        core = _about(of, q.role)
    return finish(mark(core, ""), "?")


def _wh(e: Event, role: str) -> str:
    if role != "patient":
        return {"place": "nerede/PRON", "time": "ne/PRON zaman/NOUN"}[role]
    if e.verb == "meet":
        return "kiminle/PRON"
    thing = "neyi/PRON" if e.verb in ALWAYS_ACCUSATIVE else "ne/PRON"
    return "kimi/PRON" if e.patient.noun in PEOPLE else thing


def _of_event(e: Event, role: str, indirect: bool) -> list[Token]:
    """Indirect: "Anna'nın şapkayı nerede satın aldığını biliyor musunuz?"."""
    if role == "next":
        return build(noun_phrase(e.agent), "daha/ADV sonra/ADV ne/PRON yaptı/VERB")
    form, end = (2, "biliyor/VERB musunuz/AUX") if indirect else (0, None)
    if role == "agent":
        who = "kimin/PRON" if indirect else "kim/PRON"
        return build(_act(e, role, who, form), end)
    agent = noun_phrase(e.agent, "gen" if indirect else "nom")
    return build(agent, _act(e, role, _wh(e, role), form), end)


def _about(f: Fact, role: str) -> list[Token]:
    """A question about a fact: "Anna Keller nerede doğdu?"."""
    if role == "person":
        return build(_where(f), "kim/PRON", f"{FACTS[f.kind]}/VERB")
    asked = "ne/PRON zaman/NOUN" if role == "year" else "nerede/PRON"
    if f.kind == "found":
        company = role == "org"
        asked = "hangi/DET şirketi/NOUN" if company else build(_where(f), asked)
    return build(_person(f), asked, f"{FACTS[f.kind]}/VERB")
