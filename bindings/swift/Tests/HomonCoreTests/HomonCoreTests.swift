import Foundation
import HomonCore
import XCTest

/// A tablet that nobody has enrolled yet: the library loads, answers, refuses by type and shows nobody. Days of work are played
/// by Kotlin's tests.
final class HomonCoreTests: XCTestCase {
    private var folder = URL(fileURLWithPath: NSTemporaryDirectory())

    override func setUpWithError() throws {
        folder.appendPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    override func tearDownWithError() throws {
        try FileManager.default.removeItem(at: folder)
    }

    private func path(_ name: String) -> String {
        folder.appendingPathComponent(name).path
    }

    private func open(_ vault: KeyVault) throws -> Homon {
        try Homon.open(folder: path("files"), vault: vault, clock: nil, photoModels: nil, listener: nil)
    }

    func testATabletAsksToBeEnrolled() async throws {
        let homon = try open(softwareVault(folder: path("vault")))
        let isEnrolled = try await homon.isEnrolled()
        XCTAssertFalse(isEnrolled)
        let request = try await homon.enrolmentRequest(label: "tablet-1")
        XCTAssertFalse(request.isEmpty)
    }

    func testARefusalIsOfItsType() async throws {
        let homon = try open(softwareVault(folder: path("vault")))
        do {
            _ = try await homon.signIn(staff: "worker-01", typedPin: "294018")
            XCTFail("nobody can sign in")
        } catch HomonError.Refused(reason: .notEnrolled) {}
        do {
            _ = try await homon.enrolmentRequest(label: "A tablet")
            XCTFail("this is no label")
        } catch HomonError.FixInput(field: .label, rule: .code) {}
    }

    func testALockedKeyStoreIsKeyUnavailable() async throws {
        let homon = try open(LockedVault())
        do {
            _ = try await homon.enrolmentRequest(label: "tablet-1")
            XCTFail("there is no key")
        } catch HomonError.KeyUnavailable {}
    }

    func testTextAboutAResidentIsNotPrinted() {
        let name = Personal("葛󠄀原　ハツヱ")
        XCTAssertEqual(Array(name.text.unicodeScalars).count, 7)
        var dumped = ""
        dump(name, to: &dumped)
        XCTAssertFalse("\(name) \(String(reflecting: name)) \(dumped)".contains("原"))
    }
}

/// A key store that does not answer, and throws what it should not.
private final class LockedVault: KeyVault, @unchecked Sendable {
    struct Locked: Error {}

    func kind() throws -> VaultKind { .hardware }
    func create(alias: KeyAlias) throws { throw Locked() }
    func wrap(alias: KeyAlias, secret: Data) throws -> Data { throw VaultError.Unavailable }
    func unwrap(alias: KeyAlias, wrapped: Data) throws -> Data { throw VaultError.Unavailable }
    func destroy(alias: KeyAlias) throws { throw VaultError.Unavailable }
    func contains(alias: KeyAlias) throws -> Bool { throw VaultError.Unavailable }
    func devicePublicKey() throws -> Data { throw VaultError.Unavailable }
    func sign(message: Data) throws -> Data { throw VaultError.Unavailable }
}
