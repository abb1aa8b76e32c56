package io.reliablemq.reliability.conductor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.reliability.fault.FaultKind;
import io.reliablemq.reliability.mutant.Mutant;
import io.reliablemq.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OptionsTests {

    @Test
    void haveDefaults() {
        Options options = Options.parse(new String[0]);

        assertThat(options.faults())
                .contains(FaultKind.PRODUCER_KILL, FaultKind.BROKER_TORN, FaultKind.CONSUMER_WITHOUT_BROKER)
                .doesNotContain(FaultKind.REPLICA_KILL, FaultKind.PRODUCER_CLOCK);
        assertThat(options.database()).isEqualTo(TestDatabase.POSTGRESQL);
        assertThat(options.mutant()).isEmpty();
    }

    @Test
    void areWhatTheirCommandSays() {
        Options options =
                parse("--seed 7 --minutes 0.5 --database mariadb --faults broker-kill,pause --rate 12.5 --keys 9"
                        + " --producers 3 --consumers 4 --mutant ack-first");

        assertThat(options.load()).isEqualTo(Duration.ofSeconds(30));
        assertThat(options.faults()).hasSize(5).contains(FaultKind.BROKER_KILL);
        assertThat(parse(options.command().substring("reliability/run ".length())))
                .isEqualTo(options);
    }

    @Test
    void leaveOutTheFaultsThatAClientPassesBy() {
        Options options = parse("--client remoting");

        assertThat(options.faults())
                .contains(FaultKind.BROKER_KILL, FaultKind.DATABASE_CUT)
                .doesNotContain(FaultKind.BROKER_CUT);
        assertThat(parse(options.command().substring("reliability/run ".length())))
                .isEqualTo(options);
    }

    @Test
    void haveFaultsOfCopiesWhereThereAreCopies() {
        assertThat(parse("--replicas 2").faults())
                .contains(FaultKind.REPLICA_KILL, FaultKind.REPLICA_PAUSE)
                .doesNotContain(FaultKind.MASTER_KILL, FaultKind.BROKER_TORN);
        assertThat(parse("--replicas 3").faults()).contains(FaultKind.REPLICA_KILL, FaultKind.MASTER_PAUSE);
    }

    @Test
    void haveAPartitionBetweenCopiesInANetworkOfTheirOwn() {
        assertThat(parse("--replicas 2 --own-network yes").faults()).contains(FaultKind.REPLICA_PARTITION);
        assertThat(parse("--replicas 2").faults()).doesNotContain(FaultKind.REPLICA_PARTITION);
        assertThat(parse("--own-network yes").faults()).doesNotContain(FaultKind.REPLICA_PARTITION);
        assertThatThrownBy(() -> parse("--replicas 2 --faults replica-partition"))
                .hasMessageContainingAll("replica-partition", "--own-network");
    }

    @Test
    void haveFaultsOfClocksWhereThereIsALibraryForThem() {
        Options options = parse("--faults clock,broker-kill --clock-library any.so");

        assertThat(options.faults())
                .containsExactly(FaultKind.BROKER_KILL, FaultKind.PRODUCER_CLOCK, FaultKind.CONSUMER_CLOCK);
        assertThat(parse("--faults clock,broker-kill").faults()).containsExactly(FaultKind.BROKER_KILL);
    }

    @Test
    void ofAMutantAreItsDatabaseAndItsTimeUnlessSaidOtherwise() {
        assertThat(parse("--mutant text-keys").database()).isEqualTo(TestDatabase.MARIADB);
        assertThat(parse("--mutant text-keys --database mysql").database()).isEqualTo(TestDatabase.MYSQL);
        assertThat(parse("--mutant forcible-clean").load()).isEqualTo(Mutant.FORCIBLE_CLEAN.load());
        assertThat(parse("--mutant far-behind").load()).isEqualTo(Mutant.FORCIBLE_CLEAN.load());
    }

    @Test
    void ofAMutantAreTheFaultsUnderWhichItShows() {
        assertThat(parse("--mutant ack-first").faults())
                .isEqualTo(FaultKind.of(Set.of(Mutant.ACK_FIRST.faults())))
                .isNotEmpty();
    }

    @Test
    void ofAMutantAreTheKeysWithWhichItShowsUnlessSaidOtherwise() {
        assertThat(parse("--seed 1").keys())
                .isEqualTo(parse("--mutant ack-first").keys());
        assertThat(parse("--mutant next-before-acknowledged").keys())
                .isEqualTo(Mutant.NEXT_BEFORE_ACKNOWLEDGED.keys())
                .isLessThan(parse("--mutant ack-first").keys());
        assertThat(parse("--mutant next-before-acknowledged --keys 7").keys()).isEqualTo(7);
    }

    @Test
    void ofAMutantAreAsManyProcessesAsItNeeds() {
        assertThat(parse("--mutant ack-first").consumers()).isEqualTo(1);
        assertThat(parse("--mutant deaf-listener").consumers()).isEqualTo(2);
        assertThat(parse("--mutant deaf-listener --consumers 3").consumers()).isEqualTo(3);
        assertThat(parse("--seed 1").consumers()).isEqualTo(2);
    }

    @Test
    void sayWhatIsWrong() {
        assertThatThrownBy(() -> parse("--sed 5")).hasMessageContaining("--sed");
        assertThatThrownBy(() -> parse("--faults master,clock")).hasMessageContainingAll("master", "--replicas");
        assertThatThrownBy(() -> parse("--seed")).hasMessageContaining("--seed");
        assertThatThrownBy(() -> parse("--mutant nice")).hasMessageContainingAll("nice", "ack-first");
    }

    private static Options parse(String line) {
        return Options.parse(line.split(" "));
    }
}
