package app.homon.journeys

/** Where the system's "back" leads. */
sealed interface Back {
    /** Out of the app. */
    data object Out : Back

    /** Nowhere: the page is left by what is on it. */
    data object Nowhere : Back

    data class To(val place: Place) : Back
}

/** Where "back" leads from what is shown: as the arrow of its frame. From a page that covers the others it uncovers nothing. */
fun HomonApp.back(): Back = if (isCovered) Back.Out else place.back()

/** Goes there. */
fun HomonApp.goBack() {
    (back() as? Back.To)?.let { go(it.place) }
}

/** The resident holds the tablet at their page: back to the staff's leads the PIN. */
fun Place.back(): Back = when (this) {
    Place.Enrol, Place.Today -> Back.Out
    is Place.Resident -> Back.Nowhere
    is Place.CheckIn, is Place.Board, is Place.Send, Place.Messages, Place.Settings -> Back.To(Place.Today)
    is Place.Add -> Back.To(Place.Board(part))
    is Place.Move -> Back.To(Place.Board(key.part))
    is Place.Case -> Back.To(Place.Board(key.part))
    is Place.Camera -> Back.To(Place.Board(key.part))
    is Place.Leaving -> Back.To(Place.Board(key.part))
    is Place.Close -> Back.To(Place.Board(part))
    is Place.Activity -> Back.To(origin())
    is Place.HandOver -> Back.To(Place.Board(part))
    is Place.Invite -> Back.To(Place.Board(part))
    is Place.Summary -> Back.To(origin())
    Place.Certificates, Place.LostTablet, Place.TakeOver -> Back.To(Place.Settings)
}
