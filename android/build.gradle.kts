// The app for Android Studio. The tests are Maven's (README.md): they need neither an SDK nor a device.
buildscript {
    dependencies {
        // The Android plugin brings a Kotlin of its own, which may be older.
        classpath("org.jetbrains.kotlin:kotlin-gradle-plugin:${libs.versions.kotlin.get()}")
    }
}

plugins {
    alias(libs.plugins.android.application) apply false
    alias(libs.plugins.android.library) apply false
    alias(libs.plugins.compose) apply false
}
