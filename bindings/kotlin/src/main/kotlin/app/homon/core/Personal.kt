package app.homon.core

/**
 * Text about a resident: a name, an address, a number, a date of birth. It is shown by [text] alone, and never by a log line
 * or a debugger that prints the view around it.
 */
data class Personal(val text: String) {
    override fun toString(): String = "Personal(…)"
}
