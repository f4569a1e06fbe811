package app.homon.journeys.sayings

import app.homon.core.BadCell
import app.homon.core.Duplicate
import app.homon.core.DuplicateOf
import app.homon.core.FileFault
import app.homon.core.RosterRule
import app.homon.words.Words

/** Why a file cannot be read as a roster. */
fun Words.say(fault: FileFault): String = when (fault) {
    is FileFault.TooLarge -> filesTooLarge(atMost(fault.limit))
    FileFault.OldExcel -> filesOldExcel
    FileFault.NotATable -> filesNotATable
    FileFault.Damaged -> filesDamaged
    FileFault.Bloated -> filesBloated
    is FileFault.TooManyRows -> filesTooManyRows(fault.limit)
    is FileFault.TooManyColumns -> filesTooManyColumns(fault.limit)
    is FileFault.TooManyCells -> filesTooManyCells(fault.limit)
    is FileFault.Quotation -> filesQuotation(fault.row)
    FileFault.NoHeadings -> filesNoHeadings
    is FileFault.HeadingTwice -> filesHeadingTwice(column = name(fault.column), first = fault.at.first(), second = fault.at.last())
    is FileFault.HeadingsInTwoRows -> filesHeadingsInTwoRows(fault.row)
    is FileFault.HeadingMissing -> filesHeadingMissing(at = fault.at, beside = name(fault.beside))
    is FileFault.SeveralSheets -> filesSeveralSheets(fault.count)
    FileFault.Nobody -> filesNobody
    is FileFault.IndividualNumbers -> filesIndividualNumbers(row = fault.first.row, letter = fault.first.letter, count = fault.count)
}

/** A cell that does not fit: where it is, and what to do. What stands in it is never repeated. */
fun Words.say(cell: BadCell): String {
    val column = cell.column?.let { name(it) }
    val rule = say(cell.rule)
    return if (column == null) {
        cellsAt(row = cell.at.row, letter = cell.at.letter, rule = rule)
    } else {
        cellsAtColumn(row = cell.at.row, letter = cell.at.letter, column = column, rule = rule)
    }
}

/** Which rule a cell breaks. */
fun Words.say(rule: RosterRule): String = when (rule) {
    RosterRule.Missing -> cellsMissing
    is RosterRule.Text -> say(rule.v1)
    is RosterRule.Date -> say(rule.v1)
    RosterRule.BareNumber -> cellsBareNumber
    is RosterRule.Phone -> say(rule.v1)
    is RosterRule.Number -> say(rule.v1)
    RosterRule.TwoNumbers -> cellsTwoNumbers
    RosterRule.Sex -> cellsSex
    RosterRule.Order -> cellsOrder
    RosterRule.NotText -> cellsNotText
    RosterRule.ErrorValue -> cellsErrorValue
    RosterRule.Lost -> cellsLost
    RosterRule.Merged -> cellsMerged
}

/** A row whose resident stands somewhere else too. */
fun Words.say(duplicate: Duplicate): String = cellsDuplicate(row = duplicate.row, where = say(duplicate.of))

/** Where a resident stood before. */
fun Words.say(duplicate: DuplicateOf): String = when (duplicate) {
    is DuplicateOf.Row -> cellsSameRow(duplicate.v1)
    DuplicateOf.Known -> cellsKnown
}
