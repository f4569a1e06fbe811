package app.homon.screens

import androidx.compose.runtime.Composable
import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.graphics.Canvas
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.Paint
import app.homon.design.FrameActions
import app.homon.design.Progress
import app.homon.design.RubyPiece
import app.homon.design.Safety
import app.homon.design.Standing
import app.homon.design.Station
import app.homon.design.StepLine
import java.lang.reflect.Proxy

/** Every screen with invented people in it, as it is photographed, measured and compared. */
object Specimens {
    val frame = FrameActions()
    private val back = FrameActions(onBack = {})
    private val safety = Safety(onlyHere = 14, note = "圏外", held = 2)

    val signIn = SignInState(
        listOf(StaffChoice("mihon", "見本 職員"), StaffChoice("shiken", "試験 職員"), StaffChoice("reiji", "例示 主事")),
        chosen = "shiken",
        typed = 4,
        problem = "PINがちがいます。あと3回まちがえると、30秒待ちます",
    )

    val today = TodayState(
        date = "11月20日（金）",
        staff = "令和8年　西部チーム・試験 職員",
        safety = Safety(onlyHere = 6, note = "圏外"),
        isProven = true,
        open = listOf(
            TodayVisit("a", "特別養護老人ホーム みほん苑", "11月20日（金）・受けた人 14人", "受付中"),
            TodayVisit("b", "グループホーム 架空の里", "11月20日（金）・受けた人 7人", "終了・封をする前", hasSummary = true),
        ),
        onItsWay = listOf(
            OnItsWay("c", "ケアハウス 仮の丘", "11/19・6件", Station.OnlyHere, "送信待ち"),
            OnItsWay("d", "デイサービス 例の木", "11/18・9件", Station.Held, "11/18 17:42", hasSummary = true),
            OnItsWay("e", "みほん苑（前回）", "11/13・11件", Station.Opened, "消去証明あり", hasSummary = true),
        ),
        rosters = listOf(WaitingRoster("r", "名簿 12人", "11/19 17:03 受信")),
        sync = SyncState(note = "圏外　最後の同期 8:12"),
        unread = 3,
    )

    private val people = listOf(
        BoardRow("1", "01", "見○ 花○", "東101", Standing.Ready, "9:52　写真まで済み"),
        BoardRow("2", "02", "架○ 太○", "東102", Standing.Ready, "10:04　写真まで済み"),
        BoardRow("3", "03", "仮○ 松○", "東103", Standing.Attention, "写真：背景に影"),
        BoardRow("4", "04", "試○ 梅○", "東105", Standing.Draft, "申請書IDの途中"),
        BoardRow("5", "05", "例○ 一○", "東106", Standing.Ready, "10:21"),
        BoardRow("6", "06", "模○ 竹○", "東108", Standing.Refused, "本人の意思"),
        BoardRow("7", "07", "雛○ 桃○", "西201", Standing.Ready, "10:33　写真まで済み"),
        BoardRow("8", "08", "想○ 次○", "西202", Standing.Revisit, "発熱のため　11/27"),
        BoardRow("9", "09", "練○ 菊○", "西203", Standing.NotReceived),
        BoardRow("10", "10", "空○ 千○", "西205", Standing.Attention, "本人確認：あとB1点"),
        BoardRow("11", "11", "設○ 正○", "西206", Standing.NotReceived),
        BoardRow("12", "12", "見○ 三○", "西207", Standing.Withdrawn, "転居の予定"),
        BoardRow("13", "13", "仮○ 四○", "西208", Standing.NotReceived),
        BoardRow("14", "14", "例○ 五○", "西209", Standing.Ready, "11:02　写真まで済み"),
    )

    val board = BoardState(
        site = "みほん苑",
        time = "10:00–12:00　カード申請",
        safety = safety,
        search = "",
        filter = null,
        counts = people.groupingBy { it.standing }.eachCount().toList().sortedByDescending { it.second },
        rows = people,
        detail = BoardDetail(
            people[3],
            about = "申請時来庁方式",
            next = "続き：申請書IDの 18けた目から",
            steps = listOf(
                StepLine("本人確認", Progress.Done, "通知カード＋B2点"),
                StepLine("4項目", Progress.Done, "入力済み"),
                StepLine("申請書ID", Progress.Missing, "あと6けた"),
                StepLine("写真", Progress.Open, null),
                StepLine("本人の確認", Progress.Open, null),
            ),
            canLeave = true, canMove = true,
        ),
        consultations = 3,
        unread = 3,
        photos = 2,
    )

    private val steps = listOf(
        StepLine("説明と同意", Progress.Done, "ご本人・ことば"),
        StepLine("本人確認", Progress.Missing, "あと1点"),
        StepLine("4項目・番号", Progress.Open, null),
        StepLine("写真", Progress.Open, null),
        StepLine("本人の確認", Progress.Open, null),
        StepLine("できあがり", Progress.Open, null),
    )

    private fun head(now: Int, done: Int = now) = CaseHead(
        name = "試験 梅子 さん",
        about = "受付 04　東105　申請時来庁方式",
        safety = safety,
        steps = steps.mapIndexed { at, step -> step.copy(progress = if (at < done) Progress.Done else if (at == now) Progress.Missing else Progress.Open, note = step.note.takeIf { at <= now }) },
        now = now,
    )

    val consent = ConsentState(
        head(0, done = 0),
        explanations = listOf(Option("visit-1", "visit-1", "マイナンバーカードは、本人を確かめるためのカードです。申し込むと、市から書留でとどきます。写真は、このカードにだけ使います。申し込むかどうかは、ご自分で決めてください。")),
        explained = true,
        speaker = Speaker.Resident,
        expression = Expression.Spoken,
        registeredHere = true,
        reason = "あと2つ：お知らせの紙、引っ越しの予定",
    )

    val evidence = EvidenceState(
        head(1),
        groups = listOf(
            DocumentGroup("A　顔写真のある公的な書類", listOf(DocumentLine("licence", "運転免許証・運転経歴証明書", false), DocumentLine("disability", "身体障害者手帳", false), DocumentLine("passport", "旅券・在留カード", false))),
            DocumentGroup("B　顔写真のない書類など", listOf(DocumentLine("care", "介護保険被保険者証", true, "10:38 確認"), DocumentLine("medical", "資格確認書（医療）", false), DocumentLine("pension", "年金の手帳・証書", false))),
            DocumentGroup("市や国から届いたもの", listOf(DocumentLine("notice", "通知カード", true, "10:39 確認"), DocumentLine("letter", "照会書（本人確認の手紙）", false))),
        ),
        routes = listOf(
            RouteLine(listOf("通知カード" to true, "B" to true, "B" to false), "あとB1点"),
            RouteLine(listOf("A" to false, "B" to true), "あとA1点"),
            RouteLine(listOf("A" to false, "照会書" to false), "あと2点"),
        ),
        isEnough = false,
        marked = null,
        canMark = false,
        custody = listOf(CustodyLine("notice", "通知カード", true, "10:39 試験 職員がお預かり")),
        canTake = listOf("card" to "カード", "form" to "申請書"),
        asksEnvelope = true,
        envelope = "",
        reason = "A書類かB書類を、あと1点えらんでください",
    )

    val attributes = AttributesState(
        head(2),
        name = FieldState("試験 梅子", true),
        kana = FieldState("シケン ウメコ", true),
        sex = Sex.Female,
        birth = BirthInput(Era.Showa, "13", "3", "4"),
        birthProof = "1938年3月4日　88歳",
        birthProblem = null,
        address = FieldState("例示市見本町1-2-3　みほん苑", true),
        whose = Whose.Facility,
        contactName = FieldState(),
        phone = FieldState("000-000-0000", true),
        number = NumberState(NumberKind.ApplicationId, listOf(NumberKind.ApplicationId), "40719950182366047", listOf(4, 4, 4, 4, 4, 3)),
        paper = PaperState(),
        reason = "申請書IDが あと6けたです",
    )

    val attributesTowns = attributes.copy(
        address = FieldState("みほん"),
        towns = listOf(
            TownLine(listOf("000-0101"), "見本町", "みほんちょう"),
            TownLine(listOf("000-0103", "000-0199"), "見本町東", "みほんちょうひがし"),
            TownLine(listOf("000-0103"), "大字見本字長い名前の例示", "おおあざみほんあざながいなまえのれいじ"),
        ),
        reason = null,
    )

    val attributesIndividual = attributes.copy(
        number = NumberState(NumberKind.IndividualNumber, NumberKind.entries, "1234567", listOf(4, 4, 4), problem = null),
        reason = "個人番号：あと5けた入れてください。全部で12けたです",
    )

    val attributesCovered = attributes.copy(
        number = NumberState(NumberKind.IndividualNumber, NumberKind.entries, "", listOf(4, 4, 4), isPrivate = true, isCovered = true),
        reason = null,
    )

    val attributesPaper = attributes.copy(
        number = attributes.number.copy(digits = "", isOptional = true),
        paper = PaperState(reason = "機器の故障のため、紙の申請書に書いていただいた", missing = "紙の申請書をお預かりしてください"),
        isPhotoNext = false,
        reason = null,
    )

    val photo = PhotoState(
        name = "試験 梅子 さんの写真",
        about = "受付 04",
        safety = safety,
        preview = silhouette(1280, 840),
        print = Rect(0.27f, 0.04f, 0.73f, 0.96f),
        face = Rect(0.33f, 0.12f, 0.67f, 0.82f),
        hint = "顔を少し 右へ かたむけてください",
        hintNote = "まっすぐになると、自動で撮ります。",
        isReady = false,
    )

    val result = PhotoResultState(
        head(3),
        picture = silhouette(700, 900),
        about = "4.5 × 3.5 cm　1050 × 1350 px",
        findings = listOf(FindingLine("背景に影があります", "ライトを少し後ろへ動かして、もう一度どうぞ。", decides = true)),
        well = listOf("顔の大きさ", "向き・傾き", "目・口", "明るさ・ピント"),
        isTaken = false,
        exception = PhotoExceptionKind.Lying,
        exceptionReason = "",
    )

    val confirm = ConfirmState(
        name = "｜試験《しけん》　｜梅子《うめこ》",
        birth = "｜昭和《しょうわ》13｜年《ねん》3｜月《がつ》4｜日《か》",
        sex = words("ja").residentFemale,
        address = listOf(RubyPiece("例示市", "れいじし"), RubyPiece("見本町", "みほんちょう"), RubyPiece("1-2-3　みほん苑", null)),
        picture = silhouette(700, 900),
    )

    val done = DoneState(
        head(5),
        standing = Standing.Draft,
        left = null,
        missing = listOf(MissingLine("申請書IDが あと6けたです", 2), MissingLine("本人の確認がまだです", 4)),
        declarations = listOf("寝たままの写真です。市から発行の窓口へ、理由を連絡します"),
        canReopen = false,
    )

    val checkIn = CheckInState(
        safety = Safety(onlyHere = 6, note = "圏外"),
        services = listOf(Option("visit_application", "出張申請")),
        service = "visit_application",
        sites = listOf(Option("mihon", "みほん苑"), Option("kaku", "架空の里"), Option("home", "個人宅")),
        site = "mihon",
        from = "10:00",
        until = "12:00",
        address = null,
        staff = listOf(Option("a", "見本 職員", "現場管理責任者"), Option("b", "試験 職員", "業務従事者"), Option("c", "例示 主事", "市職員"), Option("d", "架空 職員", "業務従事者")),
        present = setOf("a", "b", "c"),
        isWorkerAsked = null,
        checks = listOf(
            Option("partition", "まわりから見えない", "仕切りを立て、画面が入口を向いていない"),
            Option("line", "専用の回線", "業務の機器だけがつながっている"),
            Option("equipment", "写真の道具", "背景の布・ライト・鏡"),
            Option("disinfection", "消毒", "机・いす・機器をふいた"),
        ),
        checked = setOf("partition", "line", "equipment"),
        departures = listOf(DepartureLine("hours", "予定の時間の外です（9:48 にはじめます）", "施設の希望")),
        isStaffed = true,
        reason = "あと1つ：消毒の確認をすると、はじめられます",
    )

    val checkInHome = checkIn.copy(
        site = "home",
        address = "例示市見本町1-2-3",
        isWorkerAsked = true,
        departures = emptyList(),
    )

    val close = CloseState(
        site = "みほん苑",
        safety = safety,
        received = 14,
        outcomes = listOf(Standing.Ready to 9, Standing.Refused to 1, Standing.Withdrawn to 1, Standing.Ineligible to 0, Standing.Revisit to 3),
        difference = 0,
        papers = Sum(2, "お預かり", listOf("お返し" to 1, "市へ" to 1, "理由あり" to 0), 0),
        cards = Sum(3, "お預かり", listOf("お返し" to 2, "市へ" to 0, "理由あり" to 0), 1),
        blockers = listOf(BlockerLine("5", "受付05　カード1枚をお返ししていません")),
        remarks = "",
        address = null,
        isClosed = false,
        reason = "あと1つ：カード1枚を返すか、理由を記録してください",
        photos = 2,
        hasSummary = true,
    )

    val send = SendState(
        site = "みほん苑　11月20日（金）",
        safety = safety.copy(note = "送信中 62%"),
        people = 14,
        share = 0.62f,
        bytes = "41.3 MB／66.6 MB　毎秒 640 KB",
        timeLeft = "あと およそ 40秒",
        isRunning = true,
        isPaused = false,
        stations = listOf(
            StepLine("封をしました", Progress.Done, "11:55　この端末と市だけが確かめられる署名つき"),
            StepLine("市へ送っています", Progress.Missing, "暗号化したまま送ります"),
            StepLine("市が受領", Progress.Open, "受領すると、この端末では名前も写真も読めなくなります"),
            StepLine("市が開封", Progress.Open, "中身の照合が済むと、封をしたファイルも消えます"),
        ),
        others = today.onItsWay,
        remains = listOf("みほん苑" to "14件　読めます（受領まで）", "仮の丘" to "封をした控えだけ　読めません", "例の木・前回" to "件数と消去証明だけ"),
        certificates = 2,
    )

    val leaving = LeavingState(
        name = "試験 梅子 さん",
        safety = safety,
        kind = LeavingKind.Revisit,
        reasons = listOf(Option("asleep", "眠っている・食事中・不在"), Option("unwell", "体調がすぐれない"), Option("isolation", "感染対策で入れない"), Option("evidence", "書類が足りない"), Option("photo", "写真が整わない"), Option("time", "時間が足りない")),
        chosen = "unwell",
        day = "11/27",
        note = "",
        reason = null,
    )

    val add = AddState("みほん苑", safety, order = "15", room = FieldState("西210"), asksQueue = false)

    val messages = MessagesState(
        safety,
        listOf(MessageLine("1", "不備：写真の撮り直し", "11/18 9:10 受信", null), MessageLine("2", "不備：申請書ID", "11/17 14:02 受信", "11/17 16:20 試験 職員が対応")),
        MessageDetail("1", "不備：写真の撮り直し", listOf("どなた" to "試験 梅子 さん", "受付" to "みほん苑　04", "わけ" to "顔が暗い", "問い合わせ先" to "例示市 市民課　000-000-0000"), false),
    )

    val enrol = EnrolState(
        label = FieldState("西部チーム 1号", true),
        fingerprint = "3F1A 90C2 77DE 4B08",
        request = "homon-request.txt",
        offer = EnrolmentOffer("例示市", "令和8年度 出張申請受付業務", "A41C 0D77 92E5 118B", true, signIn.staff),
        isCompared = true,
        staff = "shiken",
        pin = FieldState("123456", problem = "この PIN は、すぐにわかってしまいます。ほかの番号にしてください"),
        again = FieldState("123456"),
    )

    val enrolCodes = EnrolState(FieldState("西部チーム 1号", true), "3F1A 90C2 77DE 4B08", "homon-request.txt", MoreSpecimens.codes)

    val settings = SettingsState(
        safety,
        programme = listOf("市" to "例示市", "業務" to "令和8年度 出張申請受付業務", "期間" to "2026-04-01 〜 2027-03-31"),
        staffWithPin = listOf("見本 職員", "試験 職員"),
        staffWithout = listOf(Option("c", "例示 主事"), Option("d", "架空 職員")),
        chosen = "c",
    )

    val certificates = CertificatesState(
        safety,
        listOf(CertificateLine("みほん苑　11月13日（金）", listOf("消したもの" to "11人分の記録、写真 8枚、封をしたファイル 1つ", "許した受領書" to "市の開封、封の番号 1", "消した時刻" to "11月13日 16:40"))),
    )

    val lost = LostTabletState(safety, "西部チーム 1号", listOf("みほん苑" to "14人", "仮の丘" to "6人（封をした控え）"), "例示市 市民課　000-000-0000")

    val all: Map<String, @Composable () -> Unit> = mapOf(
        "enrol" to { EnrolScreen(enrol, idle()) },
        "enrol-codes" to { EnrolScreen(enrolCodes, idle()) },
        "sign-in" to { SignInScreen(signIn, idle()) },
        "today" to { TodayScreen(today, idle(), frame) },
        "today-training" to { TodayScreen(today.copy(safety = Safety(0, isTraining = true), open = emptyList(), onItsWay = emptyList(), rosters = emptyList(), canPractise = true), idle(), frame) },
        "check-in" to { CheckInScreen(checkIn, idle(), frame) },
        "check-in-home" to { CheckInScreen(checkInHome, idle(), frame) },
        "check-in-join" to { CheckInScreen(checkIn.copy(joins = 2), idle(), frame) },
        "invite" to { InviteScreen(MoreSpecimens.invite, idle(), back) },
        "board" to { BoardScreen(board, idle(), frame) },
        "board-more" to { BoardScreen(board.copy(isMoreOpen = true), idle(), frame) },
        "import" to { ImportScreen(MoreSpecimens.import, idle(), back) },
        "import-taken" to { ImportScreen(MoreSpecimens.importTaken, idle(), back) },
        "activity" to { ActivityScreen(MoreSpecimens.activity, idle(), back) },
        "activity-camera" to { ActivityCameraScreen(MoreSpecimens.activityCamera, idle(), back) },
        "activity-cover" to { ActivityCoverScreen(MoreSpecimens.cover, idle(), back) },
        "activity-move" to { ActivityCoverScreen(MoreSpecimens.coverMoving, idle(), back) },
        "activity-preview" to { ActivityPreviewScreen(MoreSpecimens.covered, idle(), back) },
        "hand-over" to { HandOverScreen(MoreSpecimens.handOver, idle(), back) },
        "handed-over" to { HandOverScreen(MoreSpecimens.handedOver, idle(), back) },
        "take-over" to { TakeOverScreen(MoreSpecimens.takeOver, idle(), back) },
        "summary" to { SummaryScreen(MoreSpecimens.summary, back) },
        "add" to { AddScreen(add, idle(), frame) },
        "move" to { AddScreen(add.copy(isChange = true), idle(), back) },
        "consent" to { ConsentScreen(consent, idle(), frame) },
        "evidence" to { EvidenceScreen(evidence, idle(), frame) },
        "attributes" to { AttributesScreen(attributes, idle(), frame) },
        "attributes-individual" to { AttributesScreen(attributesIndividual, idle(), frame) },
        "attributes-covered" to { AttributesScreen(attributesCovered, idle(), frame) },
        "attributes-paper" to { AttributesScreen(attributesPaper, idle(), frame) },
        "attributes-towns" to { AttributesScreen(attributesTowns, idle(), frame) },
        "photo" to { PhotoScreen(photo, idle(), frame) },
        "photo-result" to { PhotoResultScreen(result, idle(), frame) },
        "confirm" to { ConfirmScreen(confirm, idle()) },
        "done" to { DoneScreen(done, idle(), frame) },
        "leaving" to { LeavingScreen(leaving, idle(), frame) },
        "close" to { CloseScreen(close, idle(), frame) },
        "close-home" to { CloseScreen(MoreSpecimens.closedHome, idle(), frame) },
        "send" to { SendScreen(send, idle(), frame) },
        "send-amend" to { SendScreen(MoreSpecimens.sendAmend, idle(), frame) },
        "certificates" to { CertificatesScreen(certificates, frame) },
        "messages" to { MessagesScreen(messages, idle(), frame) },
        "settings" to { SettingsScreen(settings, idle(), frame) },
        "lost-tablet" to { LostTabletScreen(lost, frame) },
    )
}

/** Actions that do nothing: a photograph is not pressed. */
inline fun <reified T> idle(): T = Proxy.newProxyInstance(T::class.java.classLoader, arrayOf(T::class.java)) { _, _, _ -> null } as T

/** Someone who is nobody, in greys. */
private fun silhouette(width: Int, height: Int): ImageBitmap {
    val picture = ImageBitmap(width, height)
    val canvas = Canvas(picture)
    val paint = Paint()
    fun fill(colour: Long) = paint.apply { color = Color(colour) }
    canvas.drawRect(Rect(0f, 0f, width.toFloat(), height.toFloat()), fill(0xFFCCCCCC))
    val middle = width / 2f
    val head = height * 0.7f / 2.6f
    canvas.drawOval(Rect(middle - height * 0.55f, height * 0.86f, middle + height * 0.55f, height * 1.5f), fill(0xFF999999))
    canvas.drawRect(Rect(middle - head * 0.4f, height * 0.6f, middle + head * 0.4f, height * 0.95f), fill(0xFFA6A6A6))
    canvas.drawOval(Rect(middle - head, height * 0.12f, middle + head, height * 0.82f), fill(0xFFB3B3B3))
    return picture
}
