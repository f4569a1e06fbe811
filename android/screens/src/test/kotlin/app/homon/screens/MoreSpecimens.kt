package app.homon.screens

import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.graphics.Canvas
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.Paint
import app.homon.design.CodePicture
import app.homon.design.Safety
import app.homon.design.Standing
import kotlin.random.Random

/** The screens beside the round: what is read, shown, handed on and told. */
object MoreSpecimens {
    private val safety = Safety(onlyHere = 14, note = "圏外", held = 2)
    private val faces = listOf(Rect(0.24f, 0.22f, 0.33f, 0.4f), Rect(0.6f, 0.26f, 0.69f, 0.44f))
    private val badge = Rect(0.63f, 0.55f, 0.68f, 0.6f)
    private const val PRINT = "3F1A 90C2 77DE 4B08"

    val import = ImportState(
        site = "みほん苑",
        safety = safety,
        isTaken = false,
        fit = 9,
        bad = listOf(
            ImportCell("4行C列", "生年月日", "「昭和5年3月12日」のように、日付で書いてください"),
            ImportCell("7行D列", "性別", "「男」か「女」と書いてください"),
            ImportCell("11行F列", "申請書ID", "文字として書き直してください。Excelが日付などに変えています"),
        ),
        twins = listOf(ImportTwin("12行", "3行目と同じ人です。どちらかを見てください")),
        passedOver = 1,
        notRead = listOf("H", "I"),
        unread = 3,
    )

    val importTaken = import.copy(isTaken = true, bad = import.bad.take(1))

    val activity = ActivityState(
        site = "みほん苑",
        safety = safety,
        photos = listOf(
            ActivityLine("1", "写真1", "10:12　試験 職員が確かめました", "かくしたところ　顔 2・文字 1", room(isCovered = true)),
            ActivityLine("2", "写真2", "11:03　見本 職員が確かめました", "かくしたところ　顔 2・文字 0", room(isCovered = true)),
        ),
        deleting = "2",
        unread = 3,
    )

    val activityCamera = ActivityCameraState(safety, room(isCovered = false))

    val cover = CoverState(
        safety,
        room(isCovered = false),
        marks = faces.mapIndexed { at, face -> CoverMark(at + 1, CoverKind.Face, face, isFound = true) } + CoverMark(3, CoverKind.Text, badge, isFound = false),
        kind = CoverKind.Text,
    )

    val coverMoving = cover.copy(marks = cover.marks.take(2), pending = Rect(0.4f, 0.4f, 0.6f, 0.6f))

    val covered = CoverPreviewState(safety, room(isCovered = true), isSeen = false)

    val handOver = HandOverState(site = "みほん苑", safety = safety, fingerprint = PRINT, unread = 3)

    val handedOver = HandOverState(
        site = "みほん苑",
        safety = safety,
        isHandedOver = true,
        file = "homon-handover-1.zip",
        reasons = listOf(Option("NOT_TAKEN", "ほかの端末に届いていない"), Option("TABLET_LOST", "ほかの端末の故障・紛失"), Option("ASKED_BY_CITY", "市の求め")),
        unread = 3,
    )

    /** A pattern that looks like a code and says nothing. */
    val codes = (0..2).map { turn -> CodePicture(77, ByteArray(77 * 77) { at -> if (Random(at * 3 + turn).nextBoolean()) 1 else 0 }) }

    val takeOver = TakeOverState(safety, PRINT, codes, request = "homon-handover-request.txt", unread = 3)

    val invite = InviteState(site = "みほん苑", safety = safety, numbers = (2..6).toList(), chosen = 2, code = codes.first(), unread = 3)

    val summary = SummaryState(
        site = "みほん苑",
        safety = safety,
        facts = listOf("場所" to "特別養護老人ホーム みほん苑", "日" to "11月20日（金）", "業務" to "訪問での申請", "はじまり" to "9:58", "おわり" to "12:06"),
        received = 14,
        outcomes = listOf(
            OutcomeCount(Standing.Ready, 9),
            OutcomeCount(Standing.Refused, 1),
            OutcomeCount(Standing.Withdrawn, 1),
            OutcomeCount(Standing.Ineligible, 0),
            OutcomeCount(Standing.Revisit, 3, listOf("体調がすぐれない" to 2, "書類が足りない" to 1)),
        ),
        consultations = 3,
        applications = listOf("申請時来庁方式" to 7, "交付時来庁方式" to 2, "うち紙の申請書" to 1),
        kept = listOf("カード" to "3点　お返し 3", "書類" to "2点　お返し 1・市へ 1"),
        departures = listOf(DepartureNote("実施できる時間の外です。12:00を過ぎました", "施設の昼食が遅れたため")),
        remarks = "発熱で見合わせた方が2人。再訪問は11月27日。",
        unread = 3,
    )

    val closedHome = Specimens.close.copy(
        site = "個人のお宅（home-01）",
        received = 1,
        outcomes = Specimens.close.outcomes.map { (standing, _) -> standing to if (standing == Standing.Ready) 1 else 0 },
        papers = Sum(1, "お預かり", listOf("お返し" to 1, "市へ" to 0, "理由あり" to 0), 0),
        cards = Sum(0, "お預かり", listOf("お返し" to 0, "市へ" to 0, "理由あり" to 0), 0),
        blockers = emptyList(),
        address = "下関市見本町1-2-3 見本荘201",
        isClosed = true,
        reason = null,
    )

    val sendAmend = Specimens.send.copy(
        safety = safety,
        share = null,
        isRunning = false,
        isPaused = true,
        canAmend = true,
        problem = "電波のある場所で、もう一度どうぞ。送った分は届いていて、続きから送ります",
    )

    /** A room with two who are nobody, in greys. */
    private fun room(isCovered: Boolean): ImageBitmap {
        val (width, height) = 960f to 640f
        val picture = ImageBitmap(width.toInt(), height.toInt())
        val canvas = Canvas(picture)
        val paint = Paint()
        fun fill(colour: Long) = paint.apply { color = Color(colour) }
        fun Rect.onPicture() = Rect(left * width, top * height, right * width, bottom * height)
        canvas.drawRect(Rect(0f, 0f, width, height), fill(0xFFE0E0E0))
        canvas.drawRect(Rect(0f, height * 0.72f, width, height), fill(0xFFBDBDBD))
        for (face in faces) {
            val middle = face.onPicture().center.x
            canvas.drawOval(Rect(middle - 70f, height * 0.42f, middle + 70f, height * 0.86f), fill(0xFF8A8A8A))
            canvas.drawOval(face.onPicture(), fill(0xFFAFAFAF))
        }
        canvas.drawRect(Rect(width * 0.3f, height * 0.62f, width * 0.62f, height * 0.66f), fill(0xFF757575))
        canvas.drawRect(badge.onPicture(), fill(0xFFFFFFFF))
        if (isCovered) for (area in faces + badge) canvas.drawRect(area.onPicture().inflate(8f), fill(0xFF404040))
        return picture
    }
}
