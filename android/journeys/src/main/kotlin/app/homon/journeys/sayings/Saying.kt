package app.homon.journeys.sayings

/** What is said in two parts: the one thing itself, and what helps with it. */
data class Saying(val title: String, val advice: String?)
