// The screens: androidx.compose.* only. They know no binding and no rule.
plugins {
    alias(libs.plugins.android.library)
    alias(libs.plugins.compose)
}

android {
    namespace = "app.homon.screens"
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
    api(libs.compose.runtime)
    api(libs.compose.ui)
    api(libs.compose.foundation)
    api(libs.compose.material3)
}
