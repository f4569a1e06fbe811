package app.homon.journeys.sayings

import java.lang.reflect.Constructor
import java.lang.reflect.Modifier
import java.lang.reflect.ParameterizedType
import java.lang.reflect.Type
import java.time.Instant

/**
 * Every value of a type of the core: all variants, each with every variant inside it. Numbers, texts and lists have one value.
 * A variant that the core gains is found here without being named.
 */
inline fun <reified T> every(): List<T> = every(T::class.java).map { it as T }

@PublishedApi
internal fun every(type: Class<*>): List<Any> = when {
    type.isEnum -> type.enumConstants.toList()
    type.isSealed -> type.permittedSubclasses.flatMap { every(it) }
    else -> one(type)?.let { listOf(it) } ?: instance(type)?.let { listOf(it) } ?: made(type)
}

private fun one(type: Class<*>): Any? = when (type) {
    String::class.java -> "1-004"
    Byte::class.java -> 3.toByte()
    Int::class.java -> 3
    Long::class.java -> 3L
    Boolean::class.java -> false
    Instant::class.java -> Instant.parse("2026-11-20T01:52:40Z")
    else -> null
}

private fun instance(type: Class<*>): Any? = type.declaredFields.firstOrNull { it.name == "INSTANCE" }?.get(null)

/** With every combination of what its constructor takes. */
private fun made(type: Class<*>): List<Any> {
    val constructor = type.declaredConstructors.filterNot { it.isSynthetic }.minByOrNull(::preference) ?: error("$type cannot be made")
    constructor.isAccessible = true
    val arguments = constructor.genericParameterTypes.map { values(it) }
    return combinations(arguments).map { constructor.newInstance(*it.toTypedArray()) }
}

private fun preference(constructor: Constructor<*>): Int = if (Modifier.isPrivate(constructor.modifiers)) 1 else 0

private fun values(type: Type): List<Any> = when (type) {
    is ParameterizedType -> value(type).let { listOf(listOf(it, it)) }
    is Class<*> -> every(type)
    else -> error("$type is not known here")
}

/** The first value of what a list holds. */
private fun value(list: ParameterizedType): Any = list.actualTypeArguments.single().let { element ->
    val inner = if (element is java.lang.reflect.WildcardType) element.upperBounds.single() else element
    values(inner).first()
}

private fun combinations(choices: List<List<Any>>): List<List<Any>> =
    choices.fold(listOf(emptyList())) { begun, values -> begun.flatMap { list -> values.map { list + it } } }
