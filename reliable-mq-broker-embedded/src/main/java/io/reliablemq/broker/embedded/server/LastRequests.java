package io.reliablemq.broker.embedded.server;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.rocketmq.broker.BrokerController;
import org.apache.rocketmq.broker.ShutdownHook;
import org.apache.rocketmq.logging.org.slf4j.Logger;
import org.apache.rocketmq.logging.org.slf4j.LoggerFactory;
import org.apache.rocketmq.store.DefaultMessageStore;
import org.apache.rocketmq.store.rocksdb.MessageRocksDBStorage;

/**
 * Lets a broker end its requests before it ends what they use. RocketMQ frees the memory of its timer wheel and closes RocksDB while
 * requests are still worked on, and whoever reads them then (a delayed send, the question for the broker's figures) ends the whole JVM
 * with a segmentation fault: that of the application or of its tests.
 */
final class LastRequests implements ShutdownHook {

    private static final Logger LOG = LoggerFactory.getLogger(LastRequests.class);
    private static final long END_WITHIN_SECONDS = 30;

    private final StrictBrokerController broker;
    private volatile boolean ended;

    LastRequests(StrictBrokerController broker) {
        this.broker = broker;
    }

    boolean haveEnded() {
        return ended;
    }

    /** Called when the broker has taken its leave of the name server and everything of it still works. */
    @Override
    public void beforeShutdown(BrokerController controller) {
        List<ExecutorService> executors = broker.requestExecutors();
        broker.closeServers();
        // a message that still comes up wakes those who wait for it: nobody does, their connections are closed
        broker.setPullMessageExecutor(deaf());
        executors.forEach(ExecutorService::shutdown);
        ended = Stream.concat(executors.stream(), flushOfRocksDb().stream()).allMatch(LastRequests::hasEnded);
        if (!ended) {
            LOG.warn("Requests are still worked on {} s after the broker began to shut down", END_WITHIN_SECONDS);
        }
    }

    /** Every five minutes; nobody ends it otherwise, and it does not look whether the database is open. */
    private Optional<ExecutorService> flushOfRocksDb() {
        if (!(broker.getMessageStore() instanceof DefaultMessageStore store)) {
            // it could not even be made
            return Optional.empty();
        }
        try {
            Field scheduler = MessageRocksDBStorage.class.getDeclaredField("scheduler");
            scheduler.setAccessible(true);
            ExecutorService flush = (ExecutorService) scheduler.get(store.getMessageRocksDBStorage());
            flush.shutdown();
            return Optional.of(flush);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("RocketMQ's store has changed: its flushing of RocksDB cannot be ended", e);
        }
    }

    private static ExecutorService deaf() {
        ThreadPoolExecutor deaf = new ThreadPoolExecutor(
                0, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new ThreadPoolExecutor.DiscardPolicy());
        deaf.shutdown();
        return deaf;
    }

    private static boolean hasEnded(ExecutorService executor) {
        try {
            return executor.awaitTermination(END_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
