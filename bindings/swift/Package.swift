// swift-tools-version: 6.0
import PackageDescription

// The core for Swift. The library itself is found by the linker: on Linux it is the built libhomon.so; an app brings it as
// an XCFramework of the same module.
let package = Package(
    name: "HomonCore",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [.library(name: "HomonCore", targets: ["HomonCore"])],
    targets: [
        .systemLibrary(name: "HomonCoreFFI"),
        // Swift 5 mode: swiftc 6.0 crashes on asynchronous foreign traits in Swift 6 mode.
        .target(
            name: "HomonCore",
            dependencies: ["HomonCoreFFI"],
            swiftSettings: [.swiftLanguageMode(.v5)],
            linkerSettings: [.linkedLibrary("homon")]
        ),
        .testTarget(name: "HomonCoreTests", dependencies: ["HomonCore"], swiftSettings: [.swiftLanguageMode(.v5)]),
    ]
)
