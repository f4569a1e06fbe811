package app.homon.android

import app.homon.core.Change
import app.homon.core.StateListener

/**
 * Hears when a visit may have been sealed: something of one visit changed, or somebody signed in. A sync changes everything
 * and is not listened to: a sync that the city refuses must not ask for the next one.
 */
internal class Sealed(private val ask: () -> Unit) : StateListener {
    override fun stateChanged(change: Change) {
        if (change is Change.Visit || change == Change.Session) ask()
    }
}
