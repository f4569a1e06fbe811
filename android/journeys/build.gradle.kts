// The journeys: the only module that imports the bindings (app.homon.core).
plugins {
    alias(libs.plugins.android.library)
    alias(libs.plugins.compose)
}

android {
    namespace = "app.homon.journeys"
    compileSdk = libs.versions.compileSdk.get().toInt()
    defaultConfig { minSdk = libs.versions.minSdk.get().toInt() }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    // Their tests run on desktop Compose, by Maven.
    sourceSets.getByName("test") { kotlin.directories.clear() }
}

kotlin { compilerOptions { allWarningsAsErrors = true } }

dependencies {
    api(project(":screens"))
    api(project(":core"))
}
