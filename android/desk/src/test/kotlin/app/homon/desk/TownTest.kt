package app.homon.desk

import java.nio.file.Path
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** An address that begins with its town, chosen from the city's own table. */
class TownTest {
    @Test
    fun aTownIsChosenByItsPostalCodeAndReadByTheResident(@TempDir out: Path) = Day.passes(out) {
        enrols()
        beginsAVisit()
        adds(Day.ROOM)
        consents()
        showsEvidence()
        types(words.attributesAddress, "000-0103")
        sees("はとばみほん")
        sees("みなとみほん")
        presses("波止場見本")
        reads(words.attributesAddress, "下関市波止場見本")
        seesNoMore("みなとみほん")
        types(words.attributesAddress, "みほんちょう1-2-3")
        photographs("05-attributes-towns")
        presses("見本町")
        reads(words.attributesAddress, Day.ADDRESS)
        types(words.attributesAddress, "下関市見木町1-2-3")
        presses(words.attributesFemale)
        sees(words.attributesTownUnknown)
        fillsIn()
        isPhotographed()
        sees("みほんちょう")
        sees("しものせきし")
        photographs("07-resident-towns")
        assertTrue(!isThere(words.attributesTownUnknown))
    }
}
