"""What the pocket world is made of: concepts without a language, and what goes well.

Every language file realises every concept named here. Concepts are English-like ids;
the sets below say what may stand with what, so that sentences make sense (one drinks
liquids, reads texts, cooks in kitchens). Nothing here is a word of a language.
"""

# ruff: noqa: SIM905, RUF005, C420 (lists of concepts read best as text and as sums)

from __future__ import annotations

# --- people -----------------------------------------------------------------
WOMEN = (
    "anna maria elena sara laura nina clara eva lucia julia "
    "sofia irene diana amira helena carla marta olga leila silvia"
).split()
MEN = (
    "david daniel adam omar peter thomas martin victor paul robert "
    "ivan mark leo hugo karim oscar simon felix max samir"
).split()
NAMES = WOMEN + MEN
SURNAMES = (
    "keller silva rossi novak berg costa weber moreno "
    "tanaka haddad lind fischer santos romano jansen castro"
).split()
PROFESSIONS = (
    "teacher doctor farmer student baker driver engineer painter singer lawyer "
    "journalist neighbour"
).split()
PEOPLE = frozenset([*NAMES, *PROFESSIONS, "someone"])
SOMEONE = "someone"  # agent only: "someone", "alguien"
SOMETHING = "something"  # patient only: "something", "algo"

# --- things -----------------------------------------------------------------
TEXTS = "book letter newspaper".split()
SMALL_THINGS = "key ring phone bag camera umbrella ticket".split()
HOUSEHOLD = "lamp clock chair table box picture radio computer".split()
DISHES = "cup plate knife".split()
CLOTHES = "shirt dress hat coat".split()
VEHICLES = "car bicycle boat".split()
OPENINGS = "door window".split()
OTHER_THINGS = "house flower ball".split()
THINGS = (
    TEXTS + SMALL_THINGS + HOUSEHOLD + DISHES + CLOTHES + VEHICLES + OPENINGS
) + OTHER_THINGS
COUNTED_FOOD = "apple egg cake".split()
FOOD = "bread rice soup cheese fish".split()  # mass: no number, no plural
DRINKS = "tea coffee water milk juice".split()  # mass
MASS = frozenset(FOOD + DRINKS + ["food"])
ANIMALS = "dog cat horse cow bird".split()
HYPERNYMS = {
    **dict.fromkeys(ANIMALS, "animal"),
    **dict.fromkeys(VEHICLES, "vehicle"),
    **dict.fromkeys(FOOD, "food"),  # "food" is mass
}
COUNTABLE = frozenset(THINGS + COUNTED_FOOD)  # may take a number 2, 3, 4, 5 or 10
NUMBERS = (2, 3, 4, 5, 10)
PLURALS = (  # nouns of the generic sentence "One usually finds <plural> in <place>"
    "book newspaper cow doctor student picture plate cup flower ticket table chair "
    "knife computer"
).split()

# --- qualities --------------------------------------------------------------
COLOURS = "red green blue yellow black white".split()
SIZES = "big small".split()
AGES = "old new".split()  # of things
OTHER_QUALITIES = "beautiful expensive cheap".split()
FOOD_QUALITIES = "hot cold fresh".split()
PERSON_QUALITIES = "young tall famous".split()
ADJECTIVES = (
    COLOURS + SIZES + AGES + OTHER_QUALITIES + FOOD_QUALITIES + PERSON_QUALITIES
)
OPPOSITES = {"big": "small", "old": "new", "expensive": "cheap", "hot": "cold"}
OPPOSITES |= {after: before for before, after in OPPOSITES.items()}
_THING = COLOURS + SIZES + AGES + OTHER_QUALITIES
QUALITIES = {  # noun: the adjectives that may stand with it (none where missing)
    **{noun: _THING for noun in THINGS},
    "letter": ["old", "new", "beautiful"],
    "newspaper": AGES,
    "ticket": ["expensive", "cheap", "new", "old"],
    "flower": [*COLOURS[:1], "yellow", "white", *SIZES, "beautiful"],
    "window": [*SIZES, *AGES],
    "apple": ["red", "green", "yellow", *SIZES],
    "egg": [*SIZES, "white", "fresh"],
    "cake": [*SIZES, "beautiful", "expensive", "cheap"],
    **{noun: ["fresh", "expensive", "cheap"] for noun in ("bread", "cheese", "fish")},
    **{noun: ["hot", "cold"] for noun in "rice soup tea coffee water milk".split()},
    "juice": ["cold", "fresh"],
    **{noun: [*SIZES, "black", "white", "beautiful"] for noun in ANIMALS},
    **{noun: PERSON_QUALITIES for noun in PROFESSIONS},
    "baker": ["young", "tall"],
    "neighbour": ["young", "tall"],
}
STATES = "hungry thirsty tired ill happy bored cold_state".split()  # feels cold

# --- where and when ---------------------------------------------------------
SPOTS = (  # realised with their preposition: "in the market", "at the station"
    "market garden park school library kitchen station restaurant hospital museum "
    "hotel office forest beach village farm"
).split()
CITIES = (
    "berlin madrid cairo london paris rome moscow tokyo delhi nairobi istanbul "
    "beijing lisbon vienna new_york buenos_aires cape_town mexico_city"
).split()
PLACES = SPOTS + CITIES
TIMES = (
    "yesterday last_week morning afternoon evening monday wednesday friday saturday "
    "sunday may october summer winter"  # "in the morning", "on Monday", "in May"
).split()
TIME_KINDS = [
    "morning afternoon evening".split(),
    "monday wednesday friday saturday sunday".split(),
    "may october".split(),
    "summer winter".split(),
]
ORGANISATIONS = (  # invented companies, and universities and banks of a city
    "lumora novatek verdana radio_orion delta_bank atlas_motors terra_foods "
    "university_vienna university_cairo bank_tokyo"
).split()
YEARS = range(1950, 2020)

# --- verbs: past tense, third person singular -------------------------------
_GOODS = [x for x in THINGS if x not in OPENINGS]
_MARKETS = "market village station farm".split() + CITIES
_ANYWHERE = "garden park school station hotel office beach village museum".split()
_INSIDE = "school library kitchen hospital hotel office restaurant".split()
_MET = "market garden park school library station restaurant museum hotel beach".split()
VERBS: dict[str, tuple[list[str], list[str]]] = {  # verb: (patients, places)
    "buy": (_GOODS + COUNTED_FOOD + FOOD + DRINKS + ANIMALS, _MARKETS),
    "sell": (_GOODS + COUNTED_FOOD + FOOD + DRINKS + ANIMALS, _MARKETS),
    "open": ([*OPENINGS, "box", "bag", "letter", "umbrella", "book"], _INSIDE),
    "close": ([*OPENINGS, "box", "bag", "umbrella", "book"], _INSIDE),
    "find": ([*SMALL_THINGS, *ANIMALS, "book", "hat", "ball", "letter"], _ANYWHERE),
    "lose": ([*SMALL_THINGS, "book", "hat", "ball", "letter"], _ANYWHERE),
    "repair": (
        "phone camera lamp clock chair table radio computer car bicycle boat".split()
        + ["door", "window", "umbrella"],
        "school hotel office garden village farm".split(),
    ),
    "break": (
        "phone camera lamp clock chair radio cup plate window umbrella".split(),
        _INSIDE,
    ),
    "read": (TEXTS, "garden park library kitchen hotel office beach".split() + CITIES),
    "write": (["book", "letter"], "library kitchen hotel office school".split()),
    "eat": (
        FOOD + COUNTED_FOOD,
        "garden park school kitchen restaurant hospital hotel beach".split(),
    ),
    "cook": (["rice", "soup", "fish", "egg"], "kitchen restaurant hotel farm".split()),
    "drink": (
        DRINKS,
        "garden park kitchen restaurant hospital hotel office station".split(),
    ),
    "wash": (
        DISHES[:2] + CLOTHES + VEHICLES + ["dog", "horse", "window", "apple"],
        "garden kitchen farm beach village hotel".split(),
    ),
    "paint": (
        "chair table box door boat house picture flower bicycle".split(),
        "garden school village farm beach".split() + CITIES,
    ),
    "send": (
        "letter book picture flower camera ticket".split(),
        "hotel office village station".split(),
    ),
    "receive": (
        "letter book picture flower camera ticket".split(),
        "hotel office village hospital".split() + CITIES,
    ),
    "see": (NAMES + PROFESSIONS + ANIMALS + VEHICLES + ["house"], _MET + CITIES),
    "meet": (NAMES + PROFESSIONS, _MET + CITIES),
    "invite": (NAMES + PROFESSIONS, []),  # no place
    "visit": (NAMES + PROFESSIONS, ["hospital", "office", "village", "farm", *CITIES]),
    "greet": (NAMES + PROFESSIONS, _MET),
    "search": (  # look for
        NAMES + ANIMALS + SMALL_THINGS + ["book", "hat", "ball", "letter"],
        _ANYWHERE,
    ),
}
ANTONYMS = {"buy": "sell", "open": "close", "find": "lose", "repair": "break"}
ANTONYMS |= {"send": "receive"}
ANTONYMS |= {after: before for before, after in ANTONYMS.items()}

# --- what causes what, what follows what ------------------------------------
REASONS: dict[str, list[tuple[str, list[str]]]] = {  # state: (verb, patients)
    "hungry": [("buy", FOOD + COUNTED_FOOD), ("eat", FOOD + COUNTED_FOOD)]
    + [("cook", ["rice", "soup", "fish", "egg"])],
    "thirsty": [("buy", ["water", "juice", "milk"]), ("drink", DRINKS[2:])],
    "tired": [("drink", ["coffee"]), ("buy", ["coffee"]), ("close", ["book"])],
    "ill": [("visit", ["doctor"]), ("drink", ["tea"])],
    "happy": [("buy", ["flower", "cake"]), ("invite", NAMES)],
    "bored": [("read", TEXTS), ("buy", ["book", "newspaper"]), ("visit", NAMES)],
    "cold_state": [("close", OPENINGS), ("buy", ["coat", "hat"])],
}
SCRIPTS: list[tuple[tuple[str, str, str], list[str]]] = [  # three acts on one thing
    (("buy", "cook", "eat"), ["rice", "soup", "fish", "egg"]),
    (("lose", "search", "find"), [*SMALL_THINGS, "book", "hat", "ball", "letter"]),
    (("break", "repair", "sell"), "phone camera lamp clock chair radio".split()),
    (("buy", "paint", "sell"), "chair table box boat bicycle house".split()),
    (("receive", "open", "read"), ["letter"]),
    (("buy", "read", "sell"), ["book"]),
    (("buy", "wash", "sell"), [*VEHICLES, "horse", *CLOTHES]),
    (("search", "find", "greet"), NAMES),
]
TYPICAL = {  # plural noun: place where one usually finds it
    "book": "library", "newspaper": "station", "cow": "farm", "doctor": "hospital",
    "student": "school", "picture": "museum", "plate": "kitchen", "cup": "restaurant",
    "flower": "garden", "ticket": "station", "table": "restaurant",
    "chair": "school", "knife": "kitchen", "computer": "office",
}  # fmt: skip
LIKELY = {  # (verb, patient): the place where that most likely happened
    ("cook", "soup"): "kitchen", ("cook", "rice"): "kitchen",
    ("cook", "fish"): "kitchen", ("cook", "egg"): "kitchen",
    ("see", "cow"): "farm", ("see", "horse"): "farm", ("visit", "doctor"): "hospital",
    ("see", "boat"): "beach", ("buy", "apple"): "market", ("buy", "cheese"): "market",
    ("buy", "fish"): "market", ("buy", "ticket"): "station",
    ("meet", "student"): "school", ("greet", "teacher"): "school",
    ("repair", "computer"): "office", ("see", "bird"): "forest",
    ("read", "book"): "library", ("paint", "flower"): "garden",
}  # fmt: skip
TOOLS = (  # realised as "One uses a knife to cut bread", by a fixed phrase each
    "knife key umbrella lamp clock cup camera phone bicycle bag boat coat"
).split()
PHRASES = (  # short daily phrases, each a fixed sentence
    "good_morning good_night thank_you excuse_me how_are_you i_am_fine "
    "what_is_your_name where_is_the_station how_much_is_this i_do_not_understand "
    "i_am_learning_english i_am_hungry it_is_raining it_is_late we_are_tired "
    "please_sit_down see_you_tomorrow happy_birthday what_time_is_it "
    "do_you_speak_english i_live_here i_like_music "
    "come_in who_is_there this_is_my_house i_have_two_brothers she_is_my_sister "
    "we_are_going_home i_need_help the_food_is_good"
).split()
ALL = (
    NAMES + SURNAMES + PROFESSIONS + [SOMEONE, SOMETHING] + THINGS + COUNTED_FOOD
    + FOOD + DRINKS + ANIMALS + ["animal", "vehicle", "food"] + ADJECTIVES + SPOTS
    + CITIES + list(VERBS)
)  # fmt: skip
