from django.db import migrations

# Letters that stand in words without gaps between them, and signs that are words: each is found by itself.
WIDE = (
    r"\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u2600-\u27BF\u2E80-\u2FDF\u3005-\u3007\u3031-\u303C\u3041-\u30FA"
    r"\u30FC-\u31FF\u3400-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\U0001F000-\U0001FAFF\U00020000-\U0003FFFF"
)
# Accents, points and what nobody sees: they go without leaving a gap.
MARKS = (
    r"\u00AD\u0300-\u036F\u0483-\u0487\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u0640"
    r"\u064B-\u065F\u0670\u06D6-\u06ED\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFE00-\uFE0F\uFEFF"
)
# Spaces and punctuation beyond ASCII.
GAPS = (
    r"\u0080-\u00BF\u00D7\u00F7\u055A-\u055F\u0589\u05BE\u05C0\u05C3\u05F3\u05F4\u060C\u061B\u061F\u066A-\u066D"
    r"\u06D4\u0964\u0965\u2010-\u2029\u202F-\u205F\u20A0-\u20CF\u2190-\u25FF\u2E00-\u2E7F\u3000-\u3004"
    r"\u3008-\u3030\u303D-\u3040\u30FB\uFE10-\uFE6F\uFF00-\uFF65"
)
# One letter for another, whatever locale the database has: `lower` knows only ASCII in one of locale C.
LETTERS = (
    "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЄІЇЂЈЉЊЋЏҐØŁĐÐĦŦøłđðħŧıς",
    "αβγδεζηθικλμνξοπρστυφχψωабвгдежзийклмнопрстуфхцчшщъыьэюяєіїђјљњћџґolddhtolddhtiσ",
)
PAIRS = {"ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "þ": "th", "Þ": "th"}
ASCII_GAPS = "".join(chr(code) for code in range(1, 128) if not chr(code).isalnum())


def quoted(text: str) -> str:
    escaped = "".join(char if char.isprintable() and char not in "'\\" else f"\\u{ord(char):04X}" for char in text)
    return f"E'{escaped}'"


def replaced(inner: str) -> str:
    for one, other in PAIRS.items():
        inner = f"replace({inner}, '{one}', '{other}')"
    return inner


# Bodies name nothing but PostgreSQL's own, or are bound when they are made (BEGIN ATOMIC): a dump is restored, and an
# index is built, with an empty search path. What is longest (a text of 64,000 letters, of which none is said twice)
# stays below the megabyte that a tsvector may hold. The costs tell the planner to read an index rather than a text.
FUNCTIONS = rf"""
CREATE FUNCTION search_fold(said text, whole boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $body$
DECLARE
    words text := lower(left(said, 64000));
    runs text;
BEGIN
    IF octet_length(words) > length(words) THEN
        words := normalize(regexp_replace(normalize(words, NFKD), '[{MARKS}]+', '', 'g'), NFC);
        words := {replaced(f"translate(lower(words), '{LETTERS[0]}', '{LETTERS[1]}')")};
        words := regexp_replace(words, '[{GAPS}]+', ' ', 'g');
        IF words ~ '[{WIDE}]' THEN
            runs := regexp_replace(words, '[^{WIDE}]+', ' ', 'g');
            words := regexp_replace(words, '[{WIDE}]+', ' ', 'g') || ' ' || (
                SELECT coalesce(string_agg(CASE WHEN two THEN x || y ELSE x END, ' '), '')
                FROM unnest(
                    string_to_array(' ' || runs, NULL), string_to_array(runs, NULL),
                    (string_to_array(runs || ' ', NULL))[2:]
                ) AS letter(before, x, y), unnest(ARRAY[false, true]) AS two
                WHERE x <> ' ' AND CASE WHEN two THEN y <> ' ' ELSE whole OR before = ' ' AND y = ' ' END
            );
        END IF;
    END IF;
    words := translate(words, {quoted(ASCII_GAPS)}, repeat(' ', {len(ASCII_GAPS)}));
    IF octet_length(words) > 400 THEN
        words := regexp_replace(words, '([^ ]{{100}})[^ ]+', '\1', 'g');
    END IF;
    RETURN words;
END
$body$;

CREATE FUNCTION search_words(said text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN array_to_tsvector(array_remove(string_to_array(search_fold(said, true), ' '), ''));

CREATE FUNCTION search_parts(said text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 3000
RETURN search_words(said) || array_to_tsvector(ARRAY(
    SELECT substr(word, place, 24)
    FROM unnest(string_to_array(left(search_fold(said, false), 3000), ' ')) AS word,
        generate_series(2, length(word) - 1) AS place
));

CREATE FUNCTION search_query(asked text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT string_agg(
        quote_literal(left(word, 24)) || CASE WHEN word ~ '[{WIDE}]' THEN '' ELSE ':*' END, ' & '
    )::tsquery
    FROM unnest(string_to_array(search_fold(asked, false), ' ')) AS word
    WHERE word <> ''
);

CREATE FUNCTION search_texts(list jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT coalesce(string_agg(one, ' '), '')
    FROM jsonb_array_elements_text(CASE jsonb_typeof(list) WHEN 'array' THEN list ELSE '[]' END) AS one
);
"""
GONE = """
DROP FUNCTION search_texts;
DROP FUNCTION search_query;
DROP FUNCTION search_parts;
DROP FUNCTION search_words;
DROP FUNCTION search_fold;
"""


class Migration(migrations.Migration):
    """What `socialops.lib.search` calls, for the indexes of this floor and of those above."""

    dependencies = [("networks", "0019_former")]

    operations = [migrations.RunSQL(FUNCTIONS, GONE)]
