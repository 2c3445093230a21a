"""Hindi.

The agent of the perfective takes ने and the verb agrees with the patient, unless that
has a postposition; "find" and "receive" take को, "visit" agrees with its agent. Tags
are those of the Hindi Dependency Treebank (एक NUM, weekdays PROPN, इसलिए PRON).
"""

from __future__ import annotations

from dataclasses import replace

from xitt.data.pocket import meanings as m
from xitt.data.pocket.concepts import ANIMALS, MASS, NAMES, PEOPLE, WOMEN
from xitt.data.pocket.grammar import Token, build, entity, finish, mark, words

ENGLISH_NAME, ISO3, SPACES = "Hindi", "hin", True

_NAMES = """
    anna=अन्ना maria=मारिया elena=एलेना sara=सारा laura=लॉरा nina=नीना clara=क्लारा eva=ईवा
    lucia=लूसिया julia=जूलिया sofia=सोफ़िया irene=आइरीन diana=डायना amira=अमीरा helena=हेलेना
    carla=कार्ला marta=मार्ता olga=ओल्गा leila=लैला silvia=सिल्विया david=डेविड daniel=डैनियल
    adam=एडम omar=उमर peter=पीटर thomas=थॉमस martin=मार्टिन victor=विक्टर paul=पॉल
    robert=रॉबर्ट ivan=इवान mark=मार्क leo=लियो hugo=ह्यूगो karim=करीम oscar=ऑस्कर
    simon=साइमन felix=फ़ेलिक्स max=मैक्स samir=समीर keller=केलर silva=सिल्वा rossi=रॉसी
    novak=नोवाक berg=बर्ग costa=कोस्टा weber=वेबर moreno=मोरेनो tanaka=तनाका haddad=हद्दाद
    lind=लिंड fischer=फ़िशर santos=सैंटोस romano=रोमानो jansen=जानसेन castro=कास्त्रो
    berlin=बर्लिन madrid=मैड्रिड cairo=काहिरा london=लंदन paris=पेरिस rome=रोम moscow=मॉस्को
    tokyo=टोक्यो delhi=दिल्ली nairobi=नैरोबी istanbul=इस्तांबुल beijing=बीजिंग lisbon=लिस्बन
    vienna=वियना new_york=न्यूयॉर्क buenos_aires=ब्यूनस_आयर्स cape_town=केप_टाउन
    mexico_city=मेक्सिको_सिटी lumora=लुमोरा novatek=नोवाटेक verdana=वरडाना
    radio_orion=रेडियो_ओरायन delta_bank=डेल्टा_बैंक atlas_motors=एटलस_मोटर्स
    terra_foods=टेरा_फ़ूड्स university_vienna=वियना_विश्वविद्यालय
    university_cairo=काहिरा_विश्वविद्यालय bank_tokyo=बैंक_ऑफ़_टोक्यो
"""
_PAIRS = (pair.split("=") for pair in _NAMES.split())
NAMED = {concept: name.replace("_", " ") for concept, name in _PAIRS}
NOUNS = {  # singular, gender, plural, plural oblique (where they occur)
    "teacher": "अध्यापिका f", "doctor": "डॉक्टर m डॉक्टर डॉक्टरों",
    "farmer": "किसान m", "student": "छात्र m छात्र छात्रों", "baker": "बेकर m",
    "driver": "ड्राइवर m", "engineer": "इंजीनियर m", "painter": "चित्रकार m",
    "singer": "गायिका f", "lawyer": "वकील m", "journalist": "पत्रकार m",
    "neighbour": "पड़ोसी m", "book": "किताब f किताबें किताबों",
    "letter": "पत्र m पत्र पत्रों", "newspaper": "अखबार m अखबार अखबारों",
    "key": "चाबी f चाबियाँ चाबियों", "ring": "अंगूठी f अंगूठियाँ अंगूठियों",
    "phone": "फ़ोन m फ़ोन फ़ोनों", "bag": "बैग m बैग बैगों",
    "camera": "कैमरा m कैमरे कैमरों", "umbrella": "छाता m छाते छातों",
    "ticket": "टिकट m टिकट टिकटों", "lamp": "लैंप m लैंप लैंपों",
    "clock": "घड़ी f घड़ियाँ घड़ियों", "chair": "कुर्सी f कुर्सियाँ कुर्सियों",
    "table": "मेज़ f मेज़ें मेज़ों", "box": "डिब्बा m डिब्बे डिब्बों",
    "picture": "तस्वीर f तस्वीरें तस्वीरों", "radio": "रेडियो m रेडियो रेडियो",
    "computer": "कंप्यूटर m कंप्यूटर कंप्यूटरों", "cup": "कप m कप कपों",
    "plate": "प्लेट f प्लेटें प्लेटों", "knife": "चाकू m चाकू चाकुओं",
    "shirt": "कमीज़ f कमीज़ें कमीज़ों", "dress": "पोशाक f पोशाकें पोशाकों",
    "hat": "टोपी f टोपियाँ टोपियों", "coat": "कोट m कोट कोटों",
    "car": "कार f कारें कारों", "bicycle": "साइकिल f साइकिलें साइकिलों",
    "boat": "नाव f नावें नावों", "door": "दरवाज़ा m दरवाज़े दरवाज़ों",
    "window": "खिड़की f खिड़कियाँ खिड़कियों", "house": "घर m घर घरों",
    "flower": "फूल m फूल फूलों", "ball": "गेंद f गेंदें गेंदों",
    "apple": "सेब m सेब सेबों", "egg": "अंडा m अंडे अंडों",
    "cake": "केक m केक केकों", "bread": "ब्रेड f", "rice": "चावल m",
    "soup": "सूप m", "cheese": "पनीर m", "fish": "मछली f", "tea": "चाय f",
    "coffee": "कॉफ़ी f", "water": "पानी m", "milk": "दूध m", "juice": "जूस m",
    "dog": "कुत्ता m कुत्ते", "cat": "बिल्ली f", "horse": "घोड़ा m घोड़े",
    "cow": "गाय f गायें गायों", "bird": "चिड़िया f", "animal": "जानवर m",
    "vehicle": "वाहन m", "food": "खाना m खाने",
}  # fmt: skip
ADJECTIVES = {  # masculine, masculine oblique or plural, feminine
    "red": "लाल लाल लाल", "green": "हरा हरे हरी", "blue": "नीला नीले नीली",
    "yellow": "पीला पीले पीली", "black": "काला काले काली", "white": "सफ़ेद सफ़ेद सफ़ेद",
    "big": "बड़ा बड़े बड़ी", "small": "छोटा छोटे छोटी", "old": "पुराना पुराने पुरानी",
    "new": "नया नए नई", "beautiful": "सुंदर सुंदर सुंदर", "expensive": "महंगा महंगे महंगी",
    "cheap": "सस्ता सस्ते सस्ती", "hot": "गरम गरम गरम", "cold": "ठंडा ठंडे ठंडी",
    "fresh": "ताज़ा ताज़े ताज़ी", "young": "युवा युवा युवा", "tall": "लंबा लंबे लंबी",
    "famous": "मशहूर मशहूर मशहूर",
}  # fmt: skip
_DID, _GAVE = "किया किए की कीं", "दिया दिए दी दीं"
VERBS = {  # (first part,) masculine, its plural, feminine, its plural
    "buy": "खरीदा खरीदे खरीदी खरीदीं", "sell": "बेचा बेचे बेची बेचीं",
    "open": "खोला खोले खोली खोलीं", "close": f"बंद/ADJ {_DID}",
    "find": "मिला मिले मिली मिलीं", "lose": f"खो/VERB {_GAVE}",
    "repair": f"ठीक/ADJ {_DID}", "break": f"तोड़/VERB {_GAVE}", "read": "पढ़ा पढ़े पढ़ी पढ़ीं",
    "write": "लिखा लिखे लिखी लिखीं", "eat": "खाया खाए खाई खाईं",
    "cook": "पकाया पकाए पकाई पकाईं", "drink": "पिया पिए पी पीं",
    "wash": "धोया धोए धोई धोईं", "paint": f"पेंट/NOUN {_DID}", "send": "भेजा भेजे भेजी भेजीं",
    "receive": "प्राप्त/ADJ हुआ हुए हुई हुईं", "see": "देखा देखे देखी देखीं",
    "meet": f"मुलाकात/NOUN {_DID}", "invite": f"आमंत्रित/ADJ {_DID}",
    "visit": "मिलने/VERB गया गए गई गईं", "greet": f"अभिवादन/NOUN {_DID}",
    "search": f"तलाश/NOUN {_DID}", "bathe": "नहलाया नहलाए नहलाई नहलाईं",
}  # fmt: skip
PARTICULAR = {("wash", "animal"): "bathe", ("eat", "soup"): "drink"}
# A light verb of completion is not used with नहीं.
NEGATED = {"lose": "खोया खोए खोई खोईं", "break": "तोड़ा तोड़े तोड़ी तोड़ीं"}
GOVERNED = {"meet": "से", "visit": "से", "greet": "का", "search": "की"}
AGREEMENT = {"meet": 2, "greet": 0, "search": 2}  # with मुलाकात, अभिवादन, तलाश
CASE = {"visit": 0, "find": 2, "receive": 2}  # agent: direct, dative; else ergative (1)
NUMBERS = {2: "दो", 3: "तीन", 4: "चार", 5: "पाँच", 10: "दस"}
SPOTS = {
    "market": "बाज़ार", "garden": "बगीचे", "park": "पार्क", "school": "स्कूल",
    "library": "पुस्तकालय", "kitchen": "रसोई", "station": "स्टेशन",
    "restaurant": "रेस्तरां", "hospital": "अस्पताल", "museum": "संग्रहालय",
    "hotel": "होटल", "office": "दफ़्तर", "forest": "जंगल", "beach": "समुद्रतट",
    "village": "गाँव", "farm": "फ़ार्म",
}  # fmt: skip
ON = ("station", "beach", "farm")  # पर, not में
TIMES = {
    "yesterday": "कल/NOUN", "last_week": "पिछले/ADJ हफ़्ते/NOUN", "morning": "सुबह/NOUN",
    "afternoon": "दोपहर/NOUN में/ADP", "evening": "शाम/NOUN को/ADP",
    "monday": "सोमवार/PROPN को/ADP", "wednesday": "बुधवार/PROPN को/ADP",
    "friday": "शुक्रवार/PROPN को/ADP", "saturday": "शनिवार/PROPN को/ADP",
    "sunday": "रविवार/PROPN को/ADP", "may": "मई/PROPN में/ADP",
    "october": "अक्टूबर/PROPN में/ADP", "summer": "गर्मियों/NOUN में/ADP",
    "winter": "सर्दियों/NOUN में/ADP",
}  # fmt: skip
STATES = {  # masculine, feminine; with को the person is in the dative
    "hungry": ["को/ADP भूख/NOUN लगी/VERB थी/AUX"] * 2,
    "thirsty": ["को/ADP प्यास/NOUN लगी/VERB थी/AUX"] * 2,
    "tired": ["थका/VERB हुआ/AUX था/AUX", "थकी/VERB हुई/AUX थी/AUX"],
    "ill": ["बीमार/ADJ था/AUX", "बीमार/ADJ थी/AUX"],
    "happy": ["खुश/ADJ था/AUX", "खुश/ADJ थी/AUX"],
    "bored": ["बोर/ADJ हो/VERB रहा/AUX था/AUX", "बोर/ADJ हो/VERB रही/AUX थी/AUX"],
    "cold_state": ["को/ADP ठंड/NOUN लग/VERB रही/AUX थी/AUX"] * 2,
}  # fmt: skip
PURPOSES = {  # before के लिए
    "knife": "ब्रेड/NOUN काटने/VERB", "key": "दरवाज़ा/NOUN खोलने/VERB",
    "umbrella": "बारिश/NOUN से/ADP बचने/VERB", "lamp": "रात/NOUN में/ADP पढ़ने/VERB",
    "clock": "समय/NOUN जानने/VERB", "cup": "चाय/NOUN पीने/VERB",
    "camera": "तस्वीरें/NOUN खींचने/VERB", "phone": "दोस्त/NOUN से/ADP बात/NOUN करने/VERB",
    "bicycle": "स्कूल/NOUN जाने/VERB", "bag": "किताबें/NOUN ले/VERB जाने/AUX",
    "boat": "नदी/NOUN पार/ADV करने/VERB", "coat": "ठंड/NOUN से/ADP बचने/VERB",
}  # fmt: skip
PHRASES = {
    "good_morning": "सुप्रभात/NOUN !", "good_night": "शुभ/ADJ रात्रि/NOUN !",
    "thank_you": "बहुत/DET +-+/PUNCT बहुत/DET धन्यवाद/NOUN !",
    "excuse_me": "माफ़/ADJ कीजिए/VERB !", "how_are_you": "आप/PRON कैसे/PRON हैं/AUX ?",
    "i_am_fine": "मैं/PRON ठीक/ADJ हूँ/AUX ।",
    "what_is_your_name": "आपका/PRON नाम/NOUN क्या/PRON है/AUX ?",
    "where_is_the_station": "स्टेशन/NOUN कहाँ/PRON है/AUX ?",
    "how_much_is_this": "यह/PRON कितने/DET का/ADP है/AUX ?",
    "i_do_not_understand": "मुझे/PRON समझ/NOUN नहीं/PART आया/VERB ।",
    "i_am_learning_english": "मैं/PRON अंग्रेज़ी/PROPN सीख/VERB रहा/AUX हूँ/AUX ।",
    "i_am_hungry": "मुझे/PRON भूख/NOUN लगी/VERB है/AUX ।",
    "it_is_raining": "बारिश/NOUN हो/VERB रही/AUX है/AUX ।",
    "it_is_late": "देर/NOUN हो/VERB गई/AUX है/AUX ।",
    "we_are_tired": "हम/PRON थक/VERB गए/AUX हैं/AUX ।",
    "please_sit_down": "कृपया/ADV बैठ/VERB जाइए/AUX ।",
    "see_you_tomorrow": "कल/NOUN मिलते/VERB हैं/AUX !",
    "happy_birthday": "जन्मदिन/NOUN मुबारक/ADJ हो/AUX !",
    "what_time_is_it": "कितने/DET बजे/NOUN हैं/AUX ?",
    "do_you_speak_english": "क्या/PRON आप/PRON अंग्रेज़ी/PROPN बोलते/VERB हैं/AUX ?",
    "i_live_here": "मैं/PRON यहाँ/PRON रहता/VERB हूँ/AUX ।",
    "i_like_music": "मुझे/PRON संगीत/NOUN पसंद/NOUN है/AUX ।",
    "come_in": "अंदर/ADV आइए/VERB !", "who_is_there": "वहाँ/PRON कौन/PRON है/AUX ?",
    "this_is_my_house": "यह/PRON मेरा/PRON घर/NOUN है/AUX ।",
    "i_have_two_brothers": "मेरे/PRON दो/NUM भाई/NOUN हैं/AUX ।",
    "she_is_my_sister": "वह/PRON मेरी/PRON बहन/NOUN है/AUX ।",
    "we_are_going_home": "हम/PRON घर/NOUN जा/VERB रहे/AUX हैं/AUX ।",
    "i_need_help": "मुझे/PRON मदद/NOUN चाहिए/VERB ।",
    "the_food_is_good": "खाना/NOUN अच्छा/ADJ है/AUX ।",
}  # fmt: skip
LEXICON = {**NOUNS, **ADJECTIVES, **SPOTS, **VERBS, "someone": "कोई", "something": "कुछ"}


def word(concept: str) -> str:
    if concept in NAMED:
        return NAMED[concept]
    return LEXICON[concept].split()[0].partition("/")[0]


def _name(concept: str, kind: str) -> list[Token]:
    return entity(NAMED[concept], kind)


def _feminine(noun: str) -> bool:
    return noun in WOMEN or NOUNS.get(noun, "").split()[1:2] == ["f"]


def noun_phrase(np: m.NP, oblique: bool = False, negated: bool = False) -> list[Token]:
    """An NP, oblique before a postposition; under negation "a" is कोई (any)."""
    if np.noun in NAMES:
        return _name(np.noun, "PER")
    if np.noun == "someone":
        return words("किसी/PRON" if oblique else "कोई/PRON")
    if np.noun == "something":
        return words("किसी/PRON चीज़/NOUN" if oblique else "कुछ/PRON")
    noun, gender, *plurals = NOUNS[np.noun].split()
    bent = gender == "m" and (oblique or np.count > 1)
    form = ADJECTIVES[np.adj].split()[2 if gender == "f" else bent] if np.adj else ""
    adj = f"{form}/ADJ" if form else None
    if np.count > 1:
        return build(f"{NUMBERS[np.count]}/NUM", adj, f"{plurals[oblique]}/NOUN")
    if bent and plurals:  # छाते के: as the plural छाते
        noun = plurals[0]
    one = ("किसी/PRON" if oblique else "कोई/PRON") if negated else "एक/NUM"
    article = None if np.definite or np.noun in MASS else one
    return build(article, adj, f"{noun}/NOUN")


def spot(place: str) -> list[Token]:
    where = words(f"{SPOTS[place]}/NOUN") if place in SPOTS else _name(place, "LOC")
    return build(mark(where, "place"), "पर/ADP" if place in ON else "में/ADP")


def _adjuncts(e: m.Event, without: str = "") -> list[Token]:
    when = mark(words(TIMES[e.time]), "time") if e.time and without != "time" else None
    return build(when, spot(e.place) if e.place and without != "place" else None)


def _with_ko(e: m.Event) -> bool:
    """Whether को follows the patient: people, an animal that one washes or knows."""
    if e.patient.noun in ANIMALS and not e.other:
        return e.verb == "wash" or (e.verb == "see" and e.patient.definite)
    return e.patient.noun in PEOPLE and CASE.get(e.verb) != 2


def _patients(e: m.Event) -> list[Token]:
    """The patients with their postposition, if any."""
    after = GOVERNED.get(e.verb) or ("को" if _with_ko(e) else "")
    first = mark(noun_phrase(e.patient, bool(after), e.negated), "patient")
    other = build("और/CCONJ", noun_phrase(e.other, bool(after))) if e.other else None
    return build(first, other, f"{after}/ADP" if after else None)


def _agreement(e: m.Event) -> int:
    """Which form of the verb: masculine, its plural, feminine, its plural."""
    if e.verb == "visit":
        return 2 * _feminine(e.agent.noun)
    if e.verb in AGREEMENT or _with_ko(e):
        return AGREEMENT.get(e.verb, 0)
    nearest = e.other or e.patient
    return 2 * _feminine(nearest.noun) + (nearest.count > 1)


def _verb(e: m.Event, form: int, asked: str = "", verb: str = "") -> list[Token]:
    """The verb with नहीं and the question word, which stands just before the verb,
    but after a noun that governs the patient: "चाबी की तलाश किसने की?"."""
    forms = NEGATED if e.negated and e.verb in NEGATED else VERBS
    *first, _, _, _, _ = all_forms = forms[verb or e.verb].split()
    pos = "AUX" if first and e.verb in NEGATED else "VERB"
    last = f"{all_forms[form - 4]}/{pos}"
    parts = (*first, asked) if e.verb in GOVERNED else (asked, *first)
    return build(*parts, "नहीं/PART" if e.negated else None, last)


def _act(e: m.Event, asked: str = "", without: str = "", form: int = -1) -> list[Token]:
    """All but the agent; `without` names an adjunct that is not said here."""
    act = (e.verb, "animal" if e.patient.noun in ANIMALS else e.patient.noun)
    verb = "" if e.other else PARTICULAR.get(act, "")
    core = _verb(e, _agreement(e) if form < 0 else form, asked, verb)
    return build(_adjuncts(e, without), _patients(e), core)


def _agent(e: m.Event) -> list[Token]:
    case = CASE.get(e.verb, 1)
    agent = mark(noun_phrase(e.agent, oblique=case > 0), "agent")
    return build(agent, ("", "ने/ADP", "को/ADP")[case])


def _clause(e: m.Event) -> list[Token]:
    front = {"then": words("फिर/ADV"), "time": _adjuncts(e, "place")}
    front["place"] = _adjuncts(e, "time")
    return build(front.get(e.front), _agent(e), _act(e, without=e.front))


def event(e: m.Event) -> list[Token]:
    return finish(_clause(e), "।")


def transfer(t: m.Transfer) -> list[Token]:
    agent, party = (t.giver, t.taker) if t.view == "sell" else (t.taker, t.giver)
    e = m.Event(m.NP(agent), t.view, t.patient)
    when = _adjuncts(m.Event(e.agent, t.view, t.patient, time=t.time))
    front, back = (when, None) if t.front else (None, when)
    to = "को/ADP" if t.view == "sell" else "से/ADP"
    return finish(build(front, _agent(e), back, _name(party, "PER"), to, _act(e)), "।")


def _feels(state: str, name: str, pronoun: bool = False) -> list[Token]:
    feeling = words(STATES[state][name in WOMEN])
    if not pronoun:
        return build(_name(name, "PER"), feeling)
    dative = feeling[0].text == "को"
    return build("उसे/PRON", feeling[1:]) if dative else build("वह/PRON", feeling)


def state(s: m.State) -> list[Token]:
    return finish(_feels(s.state, s.name), "।")


def because(b: m.Because) -> list[Token]:
    e = b.event
    reason = mark(_feels(b.state, e.agent.noun, pronoun=not b.so), "reason")
    if b.so:
        pronoun = ("वह/PRON", "उसने/PRON", "उसे/PRON")[CASE.get(e.verb, 1)]
        return finish(build(reason, ",/PUNCT इसलिए/PRON", pronoun, _act(e)), "।")
    return finish(build(_clause(e), ",/PUNCT क्योंकि/SCONJ", reason), "।")


def _fact(f: m.Fact, asked: str = "", person: bool = True) -> list[Token]:
    """What is known of a fact; the question word stands before the verb."""
    who = entity(f"{NAMED[f.given]} {NAMED[f.surname]}", "PER")
    who = mark(who, "person") if person else []
    org = mark(_name(f.org, "ORG"), "org") if f.org else []
    year = build(mark(words(f"{f.year}/NUM"), "year"), "में/ADP") if f.year else None
    city = build(mark(_name(f.city, "LOC"), "city"), "में/ADP") if f.city else None
    ta = "ती" if who and f.given in WOMEN else "ता"
    if f.kind == "work":
        org = build(org, "में/ADP") if org else []
        return build(who, org, asked, f"काम/NOUN कर{ta}/VERB है/AUX")
    if f.kind == "live":
        return build(who, city, asked, f"रह{ta}/VERB है/AUX")
    if f.kind == "found":
        ne, ki = "ने/ADP" if who else None, "की/ADP" if org else None
        return build(who, ne, year, org, ki, "स्थापना/NOUN", asked, "की/VERB")
    if not who:
        return build(city, asked, "जन्म/NOUN हुआ/VERB था/AUX")
    return build(who, "का/ADP जन्म/NOUN", year, city, asked, "हुआ/VERB था/AUX")


def fact(f: m.Fact) -> list[Token]:
    return finish(_fact(f), "।")


def _about(f: m.Fact, role: str) -> list[Token]:
    """A question about a fact: "अन्ना केलर का जन्म कहाँ हुआ था?"."""
    if role == "person":
        who = {"found": "किसने/PRON", "born": "किसका/PRON"}.get(f.kind, "कौन/PRON")
        return _fact(replace(f, year=0), who, person=False)
    if (f.kind, role) == ("found", "org"):
        founder = _fact(m.Fact("found", f.given, f.surname))
        return build(founder[:-2], "किसकी/PRON", founder[-2:])
    org = f.org if f.kind == "found" else ""
    adverb = "कब/PRON" if role == "year" else "कहाँ/PRON"
    return _fact(m.Fact(f.kind, f.given, f.surname, org), adverb)


def _found(noun: str, where: list[Token]) -> list[Token]:
    verb = "मिलती/VERB हैं/AUX" if _feminine(noun) else "मिलते/VERB हैं/AUX"
    plural = NOUNS[noun].split()[2]
    return build(f"{plural}/NOUN आमतौर/NOUN पर/ADP", where, verb)


def typical(t: m.Typical) -> list[Token]:
    return finish(_found(t.noun, spot(t.place)), "।")


def _used(tool: str, what: list[Token]) -> list[Token]:
    used = "का/ADP इस्तेमाल/NOUN किया/VERB जाता/AUX है/AUX"
    return build(PURPOSES[tool], "के/ADP लिए/ADP", what, used)


def use(u: m.Use) -> list[Token]:
    tool = noun_phrase(m.NP(u.tool, definite=True), oblique=True)
    return finish(_used(u.tool, mark(tool, "tool")), "।")


def phrase(p: m.Phrase) -> list[Token]:
    text, end = PHRASES[p.id].rsplit(" ", 1)
    return finish(words(text), end)


def question(q: m.Question) -> list[Token]:
    of, role = q.of, q.role
    if isinstance(of, m.Event):
        know = "क्या/PRON आपको/PRON पता/NOUN है/VERB कि/SCONJ"
        core = build(know if q.indirect else None, _asked(of, role))
    elif isinstance(of, m.Because):
        core = build(_agent(of.event), _act(of.event, "क्यों/PRON"))
    elif isinstance(of, m.Typical):
        core = _found(of.noun, words("कहाँ/PRON"))
    elif isinstance(of, m.Use):
        core = _used(of.tool, words("किस/DET चीज़/NOUN"))
    else:
        core = _about(of, role)
    return finish(mark(core, ""), "?")


def _asked(e: m.Event, role: str) -> list[Token]:
    """A question about an event: the question word stands before the verb."""
    if role == "agent":
        who = ("कौन/PRON", "किसने/PRON", "किसे/PRON")[CASE.get(e.verb, 1)]
        return _act(e, who, form=0 if e.verb == "visit" else -1)
    if role == "next":
        who = noun_phrase(e.agent, oblique=True)
        return build(who, "ने/ADP इसके/PRON बाद/ADP क्या/PRON किया/VERB")
    if role == "patient":
        form = _agreement(e) if e.verb == "visit" else AGREEMENT.get(e.verb, 0)
        return build(_agent(e), _adjuncts(e), _what(e), _verb(e, form))
    adverb = "कहाँ/PRON" if role == "place" else "कब/PRON"
    return build(_agent(e), _act(e, adverb, role))


def _what(e: m.Event) -> str:
    """The question word for the patient, in the case that the verb wants."""
    after = GOVERNED.get(e.verb)
    if e.patient.noun not in PEOPLE:
        return f"किस/DET चीज़/NOUN {after}/ADP" if after else "क्या/PRON"
    if CASE.get(e.verb) == 2:
        return "कौन/PRON"
    return f"किस{after}/PRON" if after else "किसे/PRON"
