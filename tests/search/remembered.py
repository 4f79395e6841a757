"""What stands somewhere, and what people would type to find it: the same at every door."""

EVERYWHERE = [
    ("新しい店を公開しました", "公開"),
    ("re: order-4711", "4711"),
    ("re: order-4711", "order-4711"),
    ("write to ana@shop.example", "shop.example"),
    ("see https://shop.example/x", "shop"),
    ("a table in the café", "cafe"),
    ("a table in the cafe", "café"),
    ("ask Zoë", "Zoe"),
    ("ask Zoe", "Zoë"),
]
FOUND = [
    *EVERYWHERE,
    ("新しい店を公開しました", "新しい店"),
    ("新しい店を公開しました", "店"),
    ("ร้านใหม่เปิดแล้ว", "ใหม่"),
    ("새로운 가게를 열었습니다", "가게"),
    ("新しいPCを買う", "pc"),
    ("パソコンの修理", "ﾊﾟｿｺﾝ"),
    ("re: order-4711", "ORDER 4711"),
    ("write to ana@shop.example", "ana"),
    ("write to ana@shop.example", "ana@shop.example"),
    ("see https://shop.example/x", "https://shop.example/x"),
    ("a table in the cafe\u0301", "CAFÉ"),
    ("Straße nach Łódź", "strasse lodz"),
    ("Привет, Юля", "привет ЮЛЯ"),
    ("ΣΟΦΌΣ", "σοφός"),
    ("مُحَمَّد", "محمد"),
    ("full ＷＩＤＴＨ", "width"),
    ("Don’t wait", "don't"),
    ("We moved 🎉 today", "🎉"),
    ("100% off #summer_sale", "sale"),
    ("an I\u200bn\u200bvisible gap", "invisible"),
]
NOT_FOUND = [
    ("新しい店を公開しました", "公店"),
    ("新しい店を公開しました", "会社"),
    ("re: order-4711", "4712"),
    ("a table in the café", "table chair"),
    ("see https://shop.example/x", "?%_'\"&|!\\"),
    ("anything", "…"),
]
