package io.reliablemq.faults.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.faults.process.ChildJvm.FailedStart;
import io.reliablemq.faults.process.ChildJvm.Incarnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildJvmTests {

    @TempDir
    Path folder;

    private ChildJvm jvm;

    @BeforeEach
    void start() {
        jvm = new ChildJvm(
                "shop", new ChildJvm.Command(Shop.class.getName(), List.of(), ChildJvmTests::arguments, folder));
        jvm.start();
    }

    @AfterEach
    void end() throws Exception {
        jvm.signal(Signal.KILL);
        jvm.awaitEnd(Duration.ofSeconds(30));
    }

    @Test
    void startsAnewWhatHasEndedBeforeItWasReadyAndSaysSo() throws Exception {
        List<FailedStart> failed = jvm.awaitReadyInTheEnd();

        assertThat(failed).singleElement().satisfies(start -> {
            assertThat(start.incarnation().name()).isEqualTo("shop.1");
            assertThat(start.since()).isPositive().isLessThanOrEqualTo(start.at());
            assertThat(start.log()).content().contains("no port");
        });
        assertThat(jvm.incarnation().name()).isEqualTo("shop.2");
        assertThat(jvm.isAlive()).isTrue();
    }

    @Test
    void refusesWhatHasEndedBeforeItWasReadyWhereNothingIsBroken() {
        assertThatThrownBy(jvm::awaitReady)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("shop.1 has ended before it was ready");
    }

    private static List<String> arguments(Incarnation incarnation) {
        return List.of(String.valueOf(incarnation.number()), incarnation.ready().toString());
    }

    /** Ends at its first start, and is ready at the second. */
    static final class Shop {

        public static void main(String[] arguments) throws IOException {
            ParentProcess.endWithIt();
            if (arguments[0].equals("1")) {
                System.out.println("no port");
                return;
            }
            Files.createFile(Path.of(arguments[1]));
            while (true) {
                // until it is killed
                LockSupport.park();
            }
        }
    }
}
