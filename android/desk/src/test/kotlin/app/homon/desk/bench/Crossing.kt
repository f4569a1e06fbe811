package app.homon.desk.bench

import app.homon.core.HomonException
import app.homon.core.Personal
import app.homon.core.needsFontCheck
import com.sun.jna.Native
import com.sun.jna.NativeLibrary

/** How often a call that takes less than the clock can tell is made for one time. */
private const val AT_ONCE = 200

/** A function of C, mapped as the generated bindings map those of the core. */
private object C {
    init {
        Native.register(C::class.java, NativeLibrary.getInstance("c"))
    }

    @JvmStatic
    external fun abs(number: Int): Int
}

/** One that answers at once, one that is awaited, and a call of C. */
fun calls(tablet: Prepared): Operation {
    val core = tablet.open()
    val text = Personal(tablet.text)
    var sum = 0
    return {
        listOf(
            took { repeat(AT_ONCE) { if (needsFontCheck(text)) sum++ } } / AT_ONCE,
            took { repeat(AT_ONCE) { if (core.isEnrolled()) sum++ } } / AT_ONCE,
            took { repeat(AT_ONCE) { sum += C.abs(-it) } } / AT_ONCE,
        ).also { check(sum > 0) }
    }
}

/** Bytes as many as a photo has, which the core looks at and refuses. */
suspend fun photo(tablet: Prepared): Operation {
    val core = tablet.open().also { it.signIn(tablet.staff, tablet.pin) }
    val bytes = ByteArray(tablet.photo) { 7 }
    return {
        listOf(
            took {
                try {
                    core.checkPortrait(tablet.part.visit, tablet.part.number, tablet.case, bytes)
                    error("what is no photo was taken for one")
                } catch (_: HomonException.FixInput) {
                    // As it should be.
                }
            },
        )
    }
}

/** The board of an open visit. */
suspend fun rows(tablet: Prepared): Operation {
    val core = tablet.open().also { it.signIn(tablet.staff, tablet.pin) }
    return { listOf(took { check(core.board(tablet.part.visit, tablet.part.number).size == tablet.cases) }) }
}
