# ruff: noqa: E501 - sentences as they are said
"""What is said in the demo. An outdoor shop, its customers, and a month of everyday."""

from dataclasses import dataclass

# handles of the profiles that manifests add to the demo
BOTH, SHORT, PAGE, HELP = (
    ("northwind", "northwind.outdoors"),
    ("northwind",),
    ("northwind.outdoors",),
    ("northwind_help",),
)

# days ago, hour, handles, text
DEMO_POSTS: tuple[tuple[int, int, tuple[str, ...], str], ...] = (
    (
        58,
        10,
        BOTH,
        "We have moved the climbing wall two metres to the left, so that there is finally room to fall off it. Come and try, shoes are on us.",
    ),
    (
        53,
        18,
        PAGE,
        "Map evening: bring a route you love, go home with three you did not know. Coffee is free, opinions too.",
    ),
    (
        47,
        9,
        BOTH,
        "Sleeping bags, the honest table: what the comfort temperature means, and what it means if you are always cold. https://northwind.example/guides/sleep",
    ),
    (41, 12, SHORT, "A customer brought back a stove bought in 1987. We had the gasket."),
    (
        36,
        17,
        BOTH,
        "Every second-hand pack in the shop has been washed, checked and priced by somebody who carries one. New ones are in today.",
    ),
    (33, 9, HELP, "We answer here every day from 9 to 20, in English and Spanish. Orders, repairs, sizes: just ask."),
    (
        29,
        9,
        BOTH,
        "First frost on the Peñalara ridge this morning. Our winter range is in the shop from today: layers, gloves, and the socks everybody asks for.",
    ),
    (
        26,
        18,
        BOTH,
        "Boot fitting takes twenty minutes and saves you a season of blisters. Walk-ins welcome every day until 19:00, no purchase needed.",
    ),
    (24, 12, SHORT, "Important question: trail mix with or without raisins? We have lost friends over this."),
    (22, 10, BOTH, "We repaired 214 jackets last month. Zips, seams, cuffs. Bring yours before you buy a new one."),
    (
        19,
        9,
        PAGE,
        "Next walk with the shop team: 12 km through the beech forest at Montejo, easy pace, dogs welcome. Meet at 9:30 at the shop.",
    ),
    (17, 17, BOTH, "The Aneto 45 is back. Same frame, lighter buckles, and a lid that finally stays where you put it."),
    (
        15,
        8,
        SHORT,
        "Snow line dropped to 1,700 m overnight. If you are heading to the Sierra today: microspikes in the pack, please.",
    ),
    (
        12,
        11,
        BOTH,
        "How to wash a down jacket without ruining it: gentle soap, low heat, two clean tennis balls in the dryer. Full guide at https://northwind.example/care/down",
    ),
    (
        9,
        18,
        BOTH,
        "Thank you to everybody who came on the walk: 41 people, 9 dogs, one very confused shepherd. Photos are up at the shop.",
    ),
    (
        6,
        9,
        BOTH,
        "Headlamp season. Ours are tested by the Navacerrada mountain rescue volunteers, who are hard to impress. From 34 € in both shops.",
    ),
    (
        3,
        12,
        BOTH,
        "From today every parcel ships without plastic. It took us a year to find a paper bag that survives the rain.",
    ),
    (
        1,
        10,
        SHORT,
        "Rental skis for the coming weekend are almost gone. If you were going to ask us tomorrow, ask us today.",
    ),
)

# days ahead, hour, minute, writer, handles, text, state
PLANNED_POSTS: tuple[tuple[int, int, int, str, tuple[str, ...], str, str], ...] = (
    (1, 9, 0, "priya", BOTH, "New on the wall today: hand-drawn maps of the Guadarrama huts. Printed on paper you can fold with gloves on.", "scheduled"),
    (2, 17, 30, "priya", SHORT, "Question of the week: what is the one thing you always pack and never use?", "scheduled"),
    (4, 10, 0, "priya", PAGE, "Avalanche basics, an evening with Marta from the rescue team. Free, 30 seats, doors at 19:00. Comment to keep a seat.", "scheduled"),
    (5, 9, 0, "ed", BOTH, "Stove recall: if you bought the Lumen 2 between March and May, bring it in. We swap the valve while you wait, free of charge.", "approved"),
    (7, 11, 0, "ed", BOTH, "Gift guide, part one: ten things under 25 € that people actually use on the mountain.", "in_review"),
    (8, 18, 0, "ed", SHORT, "Winter opening hours start soon: 10 to 19, Sundays 11 to 15.", "in_review"),
    (0, 0, 0, "ed", PAGE, "Idea: a short series about the people who repair our jackets. First Rosa, 22 years at the machine.", "draft"),
)  # fmt: skip


# the place of a post in PLANNED: (scene, alt text) of each picture that goes with it
PLANNED_PICTURES: dict[int, tuple[tuple[str, str], ...]] = {
    0: (("dawn", "Ridge behind ridge in the first light, as on the cover of the hut maps"),),
    2: (("snow", "Snow-covered slopes under a pale sky"),),
    4: (
        ("forest", "Wooded hills in the morning"),
        ("snow", "Snow-covered slopes under a pale sky"),
        ("dusk", "The last light behind dark mountains"),
    ),
    6: (("dusk", ""),),
}


@dataclass(frozen=True, slots=True)
class DemoTalk:
    """One conversation: how long ago it began, where, and what was said by turns (minutes after the beginning)."""

    hours_ago: float
    profile: str
    who: str
    lines: tuple[tuple[int, str, str], ...]  # minutes later, who says it ("" for the person outside), text
    beneath: int | None = None  # the post it stands under, as its place in POSTS
    assignee: str = ""
    team: str = ""
    closed: bool = False


DEMO_TALKS = (
    DemoTalk(530, "northwind", "Nora Lindqvist", (
        (0, "", "@northwind without raisins. Obviously. Who hurt you?"),
        (35, "priya", "We are putting you in charge of the recipe, Nora."),
    ), beneath=8, closed=True),
    DemoTalk(410, "northwind.outdoors", "Bea Santamaría", (
        (0, "", "Is the walk all right for children? Mine are seven and ten and walk a lot."),
        (22, "cole", "It is, Bea. The path is wide and there is a long stop at the stream. Bring a second pair of socks for them."),
        (61, "", "Perfect, we are four then!"),
    ), beneath=10, assignee="cole", closed=True),
    DemoTalk(250, "northwind_help", "Marco Bellini", (
        (0, "", "@northwind_help my order NW-20418 has said delivered for three days but nothing has arrived. Can you check?"),
        (18, "cole", "Sorry about that, Marco. The courier left it at the kiosk on Calle Olmo 12; it is there under your name, and they keep it for five more days."),
        (95, "", "@northwind_help found it, thank you! Fastest answer I ever got from a shop."),
        (103, "cole", "Happy to hear it. Enjoy the tent!"),
    ), assignee="cole", team="Care", closed=True),
    DemoTalk(130, "northwind", "June Okafor", (
        (0, "", "@northwind the Aneto 45 carried me through the whole GR11 this summer. Not one broken buckle. Best pack I ever owned."),
        (140, "priya", "The whole GR11! Send us a photo of the pack and we will hang it in the shop."),
    ), closed=True),
    DemoTalk(74, "northwind.outdoors", "Tom Hargreaves", (
        (0, "", "Third time the zip of my jacket fails, and the shop told me to wait two weeks for a repair. Not what I paid 280 for."),
        (48, "lena", "You are right to be annoyed, Tom. Bring it in any day and ask for me; you get a loan jacket until yours is fixed."),
        (390, "", "Will come tomorrow. Is the loan jacket the same size range? I take XL tall."),
    ), beneath=9, assignee="lena", team="Care"),
    DemoTalk(51, "northwind_help", "Ivo Petrov", (
        (0, "", "@northwind_help do the Breva boots run small? I am between 43 and 44."),
        (27, "cole", "They run half a size small, Ivo: take the 44, and with thick socks you will be glad of it."),
    ), assignee="cole"),
    DemoTalk(20, "northwind", "Inés Ferrer", (
        (0, "", "@northwind hello, I write for Montaña Hoy and would like to talk to whoever runs your repair workshop. Whom may I call?"),
    ), assignee="priya", team="Brand"),
    DemoTalk(9, "northwind.outdoors", "Carla Núñez", (
        (0, "", "Does the paper bag also survive a courier who throws parcels over the gate? Asking for a friend."),
    ), beneath=16),
    DemoTalk(5, "northwind_help", "Yusuf Demir", (
        (0, "", "@northwind_help I need to return two base layers bought with a voucher. Do I get the voucher back or money?"),
    ), team="Care"),
    DemoTalk(2.5, "northwind", "Greta Holm", (
        (0, "", "@northwind are any rental skis left in 168 for the weekend? I can pick them up the evening before."),
        (12, "", "@northwind and boots in 39, if you have them."),
    ), beneath=17),
    DemoTalk(0.6, "northwind_help", "Dario Conti", (
        (0, "", "@northwind_help the checkout will not take my card, I tried three times. Was I charged three times?"),
    )),
)  # fmt: skip

GLOBEX_POSTS = (
    (12, 10, "The new Globex thermostat learns your week in four days. Preorders open on Monday."),
    (4, 15, "Firmware 3.2 is out: quieter fan, better schedules, and the clock finally understands summer time."),
)
