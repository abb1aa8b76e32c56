package io.reliablemq.journey;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Applications that die in a part of a message's journey, one after the other on the same broker and database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OnCrashScene {

    final CrashPoint.Part part;
    CrashScene scene;

    OnCrashScene(CrashPoint.Part part) {
        this.part = part;
    }

    @BeforeAll
    void startTheBroker(@TempDir Path temporary) {
        scene = new CrashScene(temporary);
    }

    @AfterAll
    void stopTheBroker() {
        scene.close();
    }
}
