package app.homon.core

import java.lang.reflect.Modifier

/** An error as Rust prints it, such as `FixInput { field: BirthDate, rule: Date(InFuture) }`: scenarios name errors so. */
fun rustWords(value: Any?): String = when (value) {
    null -> "None"
    is Enum<*> -> value.name.split('_').joinToString("") { it.lowercase().replaceFirstChar(Char::uppercase) }
    is String, is Number, is Boolean, is UInt, is ULong, is UByte -> "$value"
    is List<*> -> value.joinToString(", ", "[", "]") { rustWords(it) }
    else -> variant(value)
}

private fun variant(value: Any): String {
    val fields = value.javaClass.declaredFields.filterNot { Modifier.isStatic(it.modifiers) }.map {
        it.isAccessible = true
        it.name to rustWords(it.get(value))
    }
    val name = value.javaClass.simpleName
    return when {
        fields.isEmpty() -> name
        fields.all { (field, _) -> field.matches(Regex("v\\d+")) } -> fields.joinToString(", ", "$name(", ")") { it.second }
        else -> fields.joinToString(", ", "$name { ", " }") { (field, words) -> "$field: $words" }
    }
}
