// The app that is installed on a tablet.
plugins {
    alias(libs.plugins.android.application)
    alias(libs.plugins.compose)
}

val models = layout.buildDirectory.dir("models")

/** The models of faces that `cargo xtask assets` fetched, and nothing else of that folder: its portraits are for tests. */
val packModels = tasks.register<Sync>("packModels") {
    from(rootDir.parentFile.resolve("target/assets/models"))
    into(models.map { it.dir("models") })
}

android {
    namespace = "app.homon.android"
    compileSdk = libs.versions.compileSdk.get().toInt()
    defaultConfig {
        applicationId = "app.homon"
        minSdk = libs.versions.minSdk.get().toInt()
        targetSdk = libs.versions.targetSdk.get().toInt()
        versionCode = 1
        versionName = "0.1.0"
    }
    buildTypes {
        release {
            isMinifyEnabled = true
            // Words are found by their names; the shrinker sees none of them used.
            isShrinkResources = false
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"))
        }
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    bundle {
        // Both languages are on every tablet: the app is switched while it runs.
        language { enableSplit = false }
    }
    sourceSets.getByName("main") { assets.directories.add(models.get().asFile.path) }
    // The tests stand on a core for this machine, by Maven.
    sourceSets.getByName("test") { kotlin.directories.clear() }
}

kotlin { compilerOptions { allWarningsAsErrors = true } }

tasks.named("preBuild") { dependsOn(packModels) }

dependencies {
    implementation(project(":journeys"))
    implementation(libs.activity)
    implementation(libs.zxing)
}
