/* shapes_table.c: the shipped shapes. Every repetition is bounded or possessive, so that a search is linear
 * in the text. It must hold nothing that numbers with units, fractions, matrices, versions or sequence names
 * could be. */
#include "shapes_table.h"

#define BEFORE "(?<![\\p{L}\\p{N}])"
#define AFTER "(?![\\p{L}\\p{N}])"
/* One to four words with a capital letter, or initials. */
#define WORD "\\p{Lu}[\\p{L}\\p{M}'\\x{2019}.-]{0,39}+"
#define NAME WORD AFTER "(?:(?:, ?|[ ^])" WORD AFTER "){0,3}+"
/* The same without words in capitals: what is shouted may be a protocol. */
#define MIXED "\\p{Lu}(?:\\.|(?:['\\x{2019}]\\p{Lu})?\\p{Ll}[\\p{L}\\p{M}'\\x{2019}-]{0,39}+)"
#define MIXED_NAME MIXED "(?:(?:, ?| )?" MIXED "){0,3}+" AFTER

const struct shape shapes_table[] = {
    /* addresses of machines and mail */
    {"(?<![\\w.+%-])[\\w.+%-]{1,64}+@[\\w-]{1,63}+(?:\\.[\\w-]{1,63}+){0,8}+", NULL,
     SHAPE_NEEDS_AT | SHAPE_NAMED},
    {BEFORE "(?i:https?|ftps?|sftp|smb|file|dicom|mailto|wss?)://?[^\\s\"<>]{1,2000}+", NULL,
     SHAPE_NEEDS_LETTER},
    {BEFORE "(?i:www\\.)[^\\s\"<>]{3,2000}+", NULL, SHAPE_NEEDS_LETTER},
    {"\\\\\\\\[\\w.-]{2,64}+\\\\[^\\s\"<>]{1,500}+", NULL, SHAPE_NEEDS_LETTER},
    {"(?<![\\d.])(?:192\\.168|10\\.\\d{1,3}|172\\.(?:1[6-9]|2\\d|3[01]))(?:\\.\\d{1,3}){2}(?::\\d{1,5})(?!["
     "\\d.])",
     NULL, SHAPE_NEEDS_DIGIT},
    {"(?<![\\d.])192\\.168\\.\\d{1,3}\\.\\d{1,3}(?![\\d.])", NULL, SHAPE_NEEDS_DIGIT},
    {BEFORE "(?<![.,-])\\d{1,3}(?:\\.\\d{1,3}){3}(?![.,-]?[\\p{L}\\p{N}])", shape_is_address,
     SHAPE_NEEDS_EIGHT},
    {BEFORE
     "(?i:ip|host|server)(?i:[ _-]?addr(?:ess)?)?\\s{0,2}[:=]\\s{0,2}(\\d{1,3}(?:\\.\\d{1,3}){3})(?![\\d.])",
     NULL, SHAPE_NEEDS_DIGIT},
    {"(?<![\\w:-])[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})(?![\\w:-])", NULL,
     SHAPE_NEEDS_LETTER},
    /* telephones */
    {"(?<![\\w+.])\\+\\d{1,3}[ ./-]?\\(?\\d{1,5}\\)?(?:[ ./-]?\\d{2,8}){1,4}(?![\\d.])", shape_is_phone,
     SHAPE_NEEDS_EIGHT | SHAPE_MAKER},
    {"(?<![\\w.-])(?:\\+?1[ -])?\\([2-9]\\d{2}\\) ?[2-9]\\d{2}[ .-]\\d{4}(?![\\w-])", NULL,
     SHAPE_NEEDS_EIGHT},
    {"(?<![\\w.-])(?:1[.-])?[2-9]\\d{2}[.-][2-9]\\d{2}[.-]\\d{4}(?![\\w-])", NULL, SHAPE_NEEDS_EIGHT},
    {"(?<![\\w.-])\\(?0\\d{2,4}\\)?[/-] ?\\d{5,8}(?![\\w-])", shape_is_phone, SHAPE_NEEDS_EIGHT},
    {BEFORE "(?i:tele?(?:f[oó]n[eo]?|phone)?|phone|ph|fax|mobile|pager|handy|t\\x{e9}l)\\.?\\s{0,2}(?i:no\\.?"
            "|nr\\.?|#)?\\s{0,2}[:=]?"
            "\\s{0,2}(\\+?[(\\d][\\d ()./-]{5,24}+)(?<=\\d|\\)| )",
     shape_is_phone, SHAPE_NEEDS_DIGIT | SHAPE_MAKER},
    {BEFORE "(?i:tel|phone|fax|ext|extension|pager)\\.?\\s{0,2}[:=#]\\s{0,2}(\\d[\\d -]{2,24}+)", NULL,
     SHAPE_NEEDS_DIGIT | SHAPE_MAKER},
    /* national numbers */
    {"(?<![\\w-])(?!000|666|9)\\d{3}-(?!00)\\d{2}-(?!0000)\\d{4}(?![\\w-])", NULL,
     SHAPE_NEEDS_EIGHT | SHAPE_NAMED},
    {"(?<![\\w.-])\\d{3}[ -]\\d{3}[ -]\\d{4}(?![\\w.-])", shape_is_nhs, SHAPE_NEEDS_EIGHT},
    {"(?<![\\w-])(?:19|20)?\\d{6}[-+]\\d{4}(?![\\w-])", shape_is_luhn, SHAPE_NEEDS_EIGHT},
    {"(?<![\\w.-])[1-79]\\d{2}[ -]\\d{3}[ -]\\d{3}(?![\\w.-])", shape_is_luhn, SHAPE_NEEDS_EIGHT},
    {"(?<![\\w-])[A-Z]\\d{9}(?![\\w-])", shape_is_kvnr, SHAPE_NEEDS_EIGHT},
    {"(?<![\\w-])[12] ?\\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\\d) ?\\d{2} ?\\d{3} ?\\d{3} ?\\d{2}(?![\\w-])",
     shape_is_insee, SHAPE_NEEDS_EIGHT},
    {"(?<![\\w.-])756\\.?\\d{4}\\.?\\d{4}\\.?\\d{2}(?![\\w-])", shape_is_ahv, SHAPE_NEEDS_EIGHT},
    {"(?<![\\w-])(?:\\d{8}|[XYZ]-?\\d{7})-?[A-Z](?![\\w-])", shape_is_dni, SHAPE_NEEDS_DIGIT},
    {"(?<![\\w.-])\\d{3}\\.\\d{3}\\.\\d{3}-\\d{2}(?![\\w-])", shape_is_cpf, SHAPE_NEEDS_EIGHT},
    {"(?<![\\w.-])[2-9]\\d{3}[ -]\\d{4}[ -]\\d{4}(?![\\w.-])", shape_is_aadhaar, SHAPE_NEEDS_EIGHT},
    {"(?<![\\w-])\\d{6}-\\d{4}(?![\\w-])", shape_is_day_month, SHAPE_NEEDS_EIGHT},
    {"(?<![\\w-])\\d{6}[-+A-F]\\d{3}[0-9A-FHJ-NPR-Y](?![\\w-])", shape_is_day_month, SHAPE_NEEDS_EIGHT},
    {"(?<![\\w-])[A-Z]{6}\\d{2}[A-EHLMPR-T]\\d{2}[A-Z]\\d{3}[A-Z](?![\\w-])", NULL,
     SHAPE_NEEDS_DIGIT}, /* Italy */
    {"(?<![\\w-])[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\\d{2} ?\\d{2} ?\\d{2} ?[A-D](?![\\w-])", NULL,
     SHAPE_NEEDS_DIGIT}, /* United Kingdom: National Insurance */
    {"(?<![\\w-])[A-Z]{4}\\d{6}[HMX][A-Z]{5}[0-9A-Z]\\d(?![\\w-])", NULL,
     SHAPE_NEEDS_DIGIT}, /* Mexico: CURP */
    {"(?<![\\w-])[A-Z]{2}\\d{2}(?: ?[0-9A-Z]{2,4}){3,8}(?![\\w-])", shape_is_iban, SHAPE_NEEDS_EIGHT},
    /* numbers behind labels, and long ones */
    {BEFORE
     "(?i:mrn|m\\.r\\.n\\.|pat(?:ient(?:en)?)?[ ._-]?(?:id|nr|no|num(?:ber|mer)?)|accession(?:[ "
     "._-]?(?:no|nr|num(?:ber)?))?"
     "|acc(?:ess)?[ ._-]?(?:no|nr|num)|acc#|ssn|social security(?: (?:no|number))?|nhs(?:[ "
     "._-]?(?:no|number))?"
     "|med(?:ical)?[ ._-]?rec(?:ord)?(?:[ ._-]?(?:no|nr|num(?:ber)?))?|record[ ._-]?(?:no|nr|num(?:ber)?)"
     "|(?:case|file|chart|account|acct|visit|encounter|order|policy|insurance|passport|licen[cs]e|hospital|"
     "admission)"
     "[ ._-]?(?:no|nr|num(?:ber)?|id|#)|fall(?:nr|nummer)|hosp(?:ital)?[ ._-]?id|kvnr|versichertennummer)"
     "[.:#=]{0,2}\\s{0,3}[:#=]?\\s{0,3}((?=[A-Za-z/_-]{0,12}\\d)[A-Za-z0-9][A-Za-z0-9/_-]{2,63}+)",
     shape_is_number, SHAPE_NEEDS_DIGIT | SHAPE_MAKER},
    {BEFORE "(?i:passport|driver'?s? ?licen[cs]e|licen[cs]e plate)\\s{0,2}[:#]?\\s{0,3}"
            "((?=[A-Za-z]{0,3}\\d)[A-Z0-9][A-Z0-9-]{4,30}+)",
     shape_is_number, SHAPE_NEEDS_DIGIT},
    {BEFORE "(?i:zip(?: ?code)?|plz|postal code)\\s{0,2}[:#]?\\s{0,3}(\\d{5}(?:-\\d{4})?)(?![\\d.])", NULL,
     SHAPE_NEEDS_DIGIT},
    {BEFORE "(?i:id|acc|pid|case|chart|file|ref)\\s{0,2}[:#=]{1,2}\\s{0,3}((?=[A-Za-z/"
            "_-]{0,12}\\d)[A-Za-z0-9][A-Za-z0-9/_-]{3,63}+)",
     shape_is_number, SHAPE_NEEDS_DIGIT},
    {BEFORE "(?i:dob|d\\.o\\.b\\.?|born(?: on)?|birth[ _-]?date|date of birth|geb(?:oren)?\\.?(?: "
            "am)?|geburtsdatum|n\\x{e9}e? le|nacid[oa]"
            "(?: el)?|nat[oa] il)\\s{0,2}[:=.]?\\s{0,2}(\\d[\\d./ -]{2,12}+)(?!\\p{L})",
     NULL, SHAPE_NEEDS_DIGIT | SHAPE_MAKER},
    {"(?<!\\d)(?<![0-9][.,])(?<!0x)\\d{8,}+(?!\\.\\d)", NULL, SHAPE_NEEDS_EIGHT | SHAPE_CODED},
    /* people and places that the study states nowhere */
    {BEFORE "(?i:patient(?:in)?(?:'?s)?(?:[ "
            "_-]?name)?|pat|(?:full|last|first|family|given|middle|maiden|sur|vor|nach)[ _-]?name|"
            "referring "
            "(?:physician|doctor)|physician|radiologist|technologist|operator|surgeon|attending|nurse|nom|"
            "pr\\x{e9}nom|"
            "nombre|apellidos?|cognome|contact|guardian|mother|father|spouse|next of kin)\\s{0,2}[:=]\\s{0,3}"
            "(?:(?i:dr|prof|mr|mrs|ms|miss|herr|frau)\\.?\\s{1,2})?(" NAME ")",
     shape_is_name, SHAPE_NEEDS_LETTER | SHAPE_MAKER},
    {"(?:^|[\\r\\n.;,(|/])\\s{0,3}(?i:name)\\s{0,2}[:=]\\s{0,3}(" NAME ")", shape_is_name,
     SHAPE_NEEDS_LETTER | SHAPE_MAKER},
    {BEFORE
     "(?:Dr|Prof|Mr|Mrs|Ms|Mme|Mlle|Dott|Miss|Mister|Nurse|Doctor|Doktor|Professor|Herr|Frau|(?:Hr|Sr|Sra|"
     "Sig)\\.)(?:\\.|\\b)(?:\\s?(?:Dr|med|Prof)\\.){0,3}"
     "\\s{1,2}(" MIXED_NAME ")",
     shape_is_name, SHAPE_NEEDS_LETTER | SHAPE_MAKER},
    {BEFORE "(?:DR|PROF|MR|MRS|MS)\\.\\s{0,2}(" NAME ")", shape_is_name, SHAPE_NEEDS_LETTER | SHAPE_MAKER},
    {BEFORE "(?i:(?:read|seen|reported|performed|referred|requested|ordered|dictated|signed|verified|"
            "reviewed|interpreted|"
            "transcribed|approved|scanned|examined|checked)\\s{1,2}by|attn)\\s{0,2}[:.]?\\s{1,2}(?:(?i:dr|"
            "prof|mr|mrs|ms)\\.?\\s{1,2})?(" MIXED_NAME ")",
     shape_is_name, SHAPE_NEEDS_LETTER | SHAPE_MAKER},
    {BEFORE "(?:[Cc][Cc]|[Pp]t):\\s{1,2}"
            "(" MIXED "(?:, ?| )(?:\\p{Lu}\\. ?)?" MIXED ")" AFTER,
     shape_is_name, SHAPE_NEEDS_LETTER | SHAPE_MAKER},
    {BEFORE "(" MIXED "(?:, ?| )(?:\\p{Lu}\\. ?)?" MIXED "),? "
            "(?:M\\.?D\\.?|R\\.?N\\.?|D\\.O\\.|Ph\\.?D\\.?|F\\.?R\\.?C\\.?[RSP]\\.?|R\\.?T\\.?\\(R\\))" AFTER,
     shape_is_name, SHAPE_NEEDS_LETTER | SHAPE_MAKER},
    {BEFORE "(" MIXED "(?:(?: |, ?| of )" MIXED "){0,4}?,?\\s(?:Hospital|Medical "
            "Cent(?:er|re)|Infirmary|Klinikum|Krankenhaus|Hospice|H\\x{f4}pital))" AFTER,
     shape_is_place, SHAPE_NEEDS_LETTER | SHAPE_MAKER},
    {"(?<![\\w.])(\\d{1,5}[A-Za-z]?\\s{1,2}(?:(?:N|S|E|W|North|South|East|West)\\.?\\s)?" MIXED "(?:\\s" MIXED
     "){0,2}\\s"
     "(?:Street|St\\.|Avenue|Ave\\.?|Road|Rd\\.?|Boulevard|Blvd\\.?|Lane|Drive|Court|Terrace|Parkway|Highway|"
     "Crescent))" AFTER,
     shape_is_place, SHAPE_NEEDS_DIGIT | SHAPE_NEEDS_LETTER | SHAPE_MAKER},
    {BEFORE
     "(\\p{Lu}\\p{L}{2,40}(?:stra\\x{df}e|strasse|str\\.|gasse|platz|allee|damm)\\s?\\d{1,4}[a-z]?)" AFTER,
     NULL, SHAPE_NEEDS_DIGIT | SHAPE_NEEDS_LETTER | SHAPE_MAKER},
    {BEFORE "(?i:p\\.? ?o\\.? box|postfach)\\s{1,2}\\d{1,8}+", NULL, SHAPE_NEEDS_DIGIT | SHAPE_NEEDS_LETTER},
    /* ages: one for all that are over 89 */
    {"(?<![\\d.,])(9[1-9]|1[0-2]\\d)(?=[ -]?(?i:y(?:ea)?rs?\\b|year|y\\.? "
     "?o\\b|y/o|yo\\b|jahre?|j\\x{e4}hr|ans\\b|a\\x{f1}os))",
     NULL, SHAPE_NEEDS_DIGIT | SHAPE_NEEDS_LETTER | SHAPE_AGE},
    {BEFORE "(?i:aged?)\\s{0,2}[:=]?\\s{0,2}(9[1-9]|1[0-2]\\d)(?![\\d.,/%-])", NULL,
     SHAPE_NEEDS_DIGIT | SHAPE_NEEDS_LETTER | SHAPE_AGE},
    {"(?<![\\w.,-])0?(9[1-9]|1[0-2]\\d)(?=Y(?![\\w-]))", NULL,
     SHAPE_NEEDS_DIGIT | SHAPE_NEEDS_LETTER | SHAPE_AGE},
};
const size_t shapes_count = sizeof shapes_table / sizeof shapes_table[0];
