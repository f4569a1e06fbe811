package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.DeficiencyNotice
import app.homon.core.MessageView
import app.homon.journeys.sayings.name
import app.homon.screens.MessageDetail
import app.homon.screens.MessageLine
import app.homon.screens.MessagesActions
import app.homon.screens.MessagesScreen
import app.homon.screens.MessagesState

/** What the city sent back. */
class MessagesJourney(private val app: HomonApp) : Journey, MessagesActions {
    private val words get() = app.words
    private var messages: List<MessageView> = emptyList()
    private var opened: Pair<UInt, DeficiencyNotice>? = null
    private var state: MessagesState? by mutableStateOf(null)

    suspend fun load() {
        messages = app.core.messages()
        draw(null)
    }

    private fun draw(problem: String?) {
        state = MessagesState(app.safety, messages.map(::line), opened?.let { (number, notice) -> detail(number, notice) }, problem)
    }

    private fun line(message: MessageView) = MessageLine(
        key = "${message.message}",
        title = words.shellMessage(message.message),
        received = words.shellReceivedAt(words.moment(message.receivedAt)),
        handled = message.handled?.let { words.shellHandled(time = words.moment(it.at), who = app.staffName(it.by)) },
    )

    private fun detail(number: UInt, notice: DeficiencyNotice): MessageDetail {
        val facts = listOfNotNull(
            words.shellWhose to words.boardPerson(notice.name.text),
            words.shellCase to notice.case,
            words.shellWhat to words.name(notice.deficiency.kind),
            notice.deficiency.note?.let { words.shellNote to it.text },
            notice.contact?.let { words.shellCall to it.phone.text },
            words.shellSince to words.day(notice.on),
        )
        val isHandled = messages.first { it.message == number }.handled != null
        return MessageDetail("$number", words.shellMessage(number), facts, isHandled)
    }

    @Composable
    override fun Show() {
        state?.let { MessagesScreen(it, this, app.frame()) }
    }

    override fun open(message: String) = doing { opened = message.toUInt().let { it to app.core.message(it) } }

    override fun handled(message: String) = doing { app.core.handleMessage(message.toUInt()) }

    override fun erase(message: String) = doing {
        app.core.eraseMessage(message.toUInt())
        opened = null
    }

    private fun doing(what: suspend () -> Unit) {
        app.work(::draw) {
            what()
            load()
            app.refresh()
        }
    }
}
