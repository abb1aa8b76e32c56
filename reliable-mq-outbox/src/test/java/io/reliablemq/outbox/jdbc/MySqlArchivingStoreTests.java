package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

/** Whatever holds without the archive holds with it. */
@DatabaseTest(TestDatabase.MYSQL)
class MySqlArchivingStoreTests extends OutboxStoreContract {

    @Override
    OutboxStore store(StoreFixture fixture) {
        return fixture.archiving();
    }
}
