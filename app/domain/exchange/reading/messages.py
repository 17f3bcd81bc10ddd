"""The sentence for each problem code: what is wrong and what to do. Others register codes of their own.

A template is a lazy text; its parameters come from ``Problem.params``.
"""

from __future__ import annotations

from typing import Any

from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext
from app.domain.exchange.reading.sheet import Problem

_templates: dict[str, Any] = {}


def register_message(code: str, template: Any) -> None:
    """Say what a problem code means: a lazy text with %(name)s for the parameters of the problem.

    ``%(row)s``, ``%(column)s`` and ``%(value)s`` may be used too; the place is put in front of the sentence anyway.
    """
    _templates[code] = template


def message_of(problem: Problem) -> str:
    """The problem as a sentence in the reader's language: where it is, what is wrong, what to do."""
    place = {"row": problem.row, "column": problem.column, "value": problem.value}
    text = str(_templates[problem.code]) % {**place, **problem.params}
    if problem.params.get("suggestion"):
        text = _(
            "%(text)s Perhaps %(suggestion)s is meant.",
            text=text,
            suggestion=problem.params["suggestion"],
        )
    if problem.row and problem.column and problem.value:
        return str(_("Row %(row)s, %(column)s “%(value)s”: %(text)s", **place, text=text))
    if problem.row and problem.column:
        return str(
            _(
                "Row %(row)s, %(column)s: %(text)s",
                row=problem.row,
                column=problem.column,
                text=text,
            )
        )
    if problem.row:
        return str(_("Row %(row)s: %(text)s", row=problem.row, text=text))
    return text


for _code, _template in {
    # any column
    "value_missing": lazy_gettext("This must not be empty. Fill it in."),
    "cell_error": lazy_gettext(
        "The cell shows an error of the spreadsheet. Mend the formula or write the value."
    ),
    "formula_without_value": lazy_gettext(
        "The cell holds a formula without a stored result. Open the file, save it, or write the value itself."
    ),
    "text_too_long": lazy_gettext("This is too long; at most %(most)s characters fit."),
    "number_unreadable": lazy_gettext("This is not a number. Write digits only."),
    "number_out_of_range": lazy_gettext("The number must lie between 0 and %(most)s."),
    "number_not_whole": lazy_gettext("This must be a whole number."),
    "code_unreadable": lazy_gettext("A school code has only digits and letters, at most 20."),
    # words
    "employment_unknown": lazy_gettext("Only these are allowed: %(allowed)s."),
    "stage_unknown": lazy_gettext("This is no school stage. Known are: %(allowed)s."),
    "level_unknown": lazy_gettext("This is no training level. Known are: %(allowed)s."),
    "sex_unknown": lazy_gettext("Only these are allowed: %(allowed)s."),
    "studio_role_unknown": lazy_gettext("This is no role in a studio. Known are: %(allowed)s."),
    "yes_no_unknown": lazy_gettext("Only these are allowed: %(allowed)s."),
    "result_unknown": lazy_gettext("This is no result. Known are: %(allowed)s."),
    # people
    "name_not_a_name": lazy_gettext("This is not a name. Write the person's name in letters."),
    "name_too_long": lazy_gettext(
        "The name is too long; at most %(most)s characters fit. One person per row."
    ),
    "id_number_lost_digits": lazy_gettext(
        "The spreadsheet has rounded this identity number and its last digits are lost. "
        "Format the column as text and enter the number again."
    ),
    "id_number_length": lazy_gettext(
        "An identity number has 18 characters, this one has %(length)s. Check it against the identity card."
    ),
    "id_number_characters": lazy_gettext(
        "An identity number has 17 digits and then a digit or X. Check it against the identity card."
    ),
    "id_number_province": lazy_gettext(
        "No province begins with the first two digits of this identity number. Check it against the identity card."
    ),
    "id_number_date": lazy_gettext(
        "Digits 7 to 14 of this identity number are not a birth date. Check it against the identity card."
    ),
    "id_number_check_digit": lazy_gettext(
        "The last character of this identity number does not fit the others: one of them is wrong. "
        "Check it against the identity card."
    ),
    "id_number_masked": lazy_gettext(
        "This identity number has hidden digits. This kind of workbook needs the whole number, or leave the cell empty."
    ),
    "phone_wrong": lazy_gettext("This is not a phone number of China. It was left out."),
    "phone_masked": lazy_gettext("This phone number has hidden digits. It was left out."),
    "phone_several": lazy_gettext("There are several phone numbers. The first was taken."),
    "sex_differs": lazy_gettext("The identity number says otherwise. Check both."),
    "birth_differs": lazy_gettext("The identity number says another birth date. Check both."),
    # days
    "date_unreadable": lazy_gettext("This is not a date. Write it like 2019-07-01 or 2019.07."),
    "date_impossible": lazy_gettext("There is no such date."),
    "date_future": lazy_gettext("This day lies in the future."),
    "date_two_digit_year": lazy_gettext("Write the year with four digits."),
    "date_ambiguous_month": lazy_gettext(
        "This number may mean January or October. Format the cell as text and write the month with two digits."
    ),
    "period_reversed": lazy_gettext("The end lies before the start."),
    "period_perhaps_reversed": lazy_gettext(
        "The end lies before the start, so it was read as the next year's: until %(until)s. "
        "If that is not meant, mend the dates and write both with their year."
    ),
    "period_not_ended": lazy_gettext("This has not ended yet."),
    "result_before_end": lazy_gettext(
        "There is a result although the training ends in the future. Check the dates."
    ),
    "counseling_before_work": lazy_gettext(
        "This lies before the day the person began to work. Check both dates."
    ),
    "issued_before_18": lazy_gettext(
        "The certificate was issued before the person was 18. Check the date."
    ),
    "began_from_years": lazy_gettext(
        "The start was reckoned back from a number of years: %(day)s."
    ),
    "closed_before_opened": lazy_gettext("The school closes before it opens. Check both dates."),
    # credentials
    "credentials_do_not_pair": lazy_gettext(
        "There are %(names)s certificates but %(found)s entries here. "
        "Write one for each, separated by 、, in the same order."
    ),
    "credential_without_name": lazy_gettext(
        "The name of the certificate is missing, so this was left out. Fill in the name."
    ),
    # the same key twice
    "duplicate_row": lazy_gettext("Row %(first_row)s says the same already. Delete one of them."),
    "duplicate_person": lazy_gettext(
        "The same person is in row %(first_row)s already. Each may be listed once."
    ),
    "duplicate_training": lazy_gettext(
        "Row %(first_row)s lists the same person at the same training already. Delete one of them."
    ),
    "duplicate_placement": lazy_gettext(
        "Row %(first_row)s lists the same person in the same cohort already. Delete one of them."
    ),
    "duplicate_school": lazy_gettext(
        "The same school is in row %(first_row)s already. Each may be listed once."
    ),
    "perhaps_same_person": lazy_gettext(
        "Row %(first_row)s has the same name, school and training; "
        "with hidden numbers there is no telling whether it is the same person."
    ),
    # the sheet
    "duplicate_column": lazy_gettext(
        "The columns “%(first)s” and “%(second)s” mean the same. Keep one of them, or rename the other."
    ),
    "other_sheets": lazy_gettext("Only the sheet “%(sheet)s” was read; not read: %(others)s."),
    "filled_on_unreadable": lazy_gettext(
        "The day the workbook speaks of cannot be read. Write it like 2023-08-10."
    ),
    "filled_on_impossible": lazy_gettext("The day the workbook speaks of does not exist."),
    "filled_on_future": lazy_gettext("The day the workbook speaks of lies in the future."),
    "studio_without_title": lazy_gettext(
        "The studio is named by the title above the header, and there is none. Write it in the first row."
    ),
}.items():
    register_message(_code, _template)
