// The core for Kotlin, as it was generated, with the library for the processors of tablets and of the emulator.
plugins {
    alias(libs.plugins.android.library)
}

val repository: File = rootDir.parentFile
val libraries = layout.buildDirectory.dir("jniLibs")

/** Needs cargo-ndk, the NDK and both targets of Rust; see README.md. */
val cargoNdk = tasks.register<Exec>("cargoNdk") {
    workingDir = repository
    commandLine(
        "cargo", "ndk", "--platform", libs.versions.minSdk.get(), "--target", "arm64-v8a", "--target", "x86_64",
        "--output-dir", libraries.get().asFile.path, "build", "--release", "--locked", "--package", "homon-ffi", "--lib",
    )
    // cargo knows by itself what is to be built.
    outputs.upToDateWhen { false }
}

android {
    namespace = "app.homon.core"
    compileSdk = libs.versions.compileSdk.get().toInt()
    defaultConfig {
        minSdk = libs.versions.minSdk.get().toInt()
        consumerProguardFiles("consumer-rules.pro")
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    sourceSets.getByName("main") {
        kotlin.directories.add("$repository/bindings/kotlin/generated")
        kotlin.directories.add("$repository/bindings/kotlin/src/main/kotlin")
        jniLibs.directories.add(libraries.get().asFile.path)
    }
}

tasks.named("preBuild") { dependsOn(cargoNdk) }

dependencies {
    api(libs.coroutines)
    api(variantOf(libs.jna) { artifactType("aar") })
}
