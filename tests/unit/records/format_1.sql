-- A database of format 1, as version 0.1.0 wrote it.
CREATE TABLE procedures (
	id VARCHAR NOT NULL, 
	session_id VARCHAR NOT NULL, 
	procedure VARCHAR NOT NULL, 
	patient VARCHAR NOT NULL, 
	side VARCHAR NOT NULL, 
	template_version VARCHAR NOT NULL, 
	template_digest VARCHAR NOT NULL, 
	working_alone BOOLEAN NOT NULL, 
	started_utc VARCHAR NOT NULL, 
	ended_utc VARCHAR, 
	PRIMARY KEY (id)
);
CREATE TABLE people (
	procedure_id VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	code VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	PRIMARY KEY (procedure_id, position), 
	FOREIGN KEY(procedure_id) REFERENCES procedures (id)
)
 WITHOUT ROWID;
CREATE TABLE checklist_entries (
	procedure_id VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	item VARCHAR NOT NULL, 
	mark VARCHAR NOT NULL, 
	person_code VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	time_utc VARCHAR NOT NULL, 
	note VARCHAR NOT NULL, 
	PRIMARY KEY (procedure_id, position), 
	FOREIGN KEY(procedure_id) REFERENCES procedures (id)
)
 WITHOUT ROWID;
CREATE TRIGGER entries_keep_update BEFORE UPDATE ON checklist_entries BEGIN SELECT RAISE(ABORT, 'checklist entries are never changed'); END;
CREATE TRIGGER entries_keep_delete BEFORE DELETE ON checklist_entries BEGIN SELECT RAISE(ABORT, 'checklist entries are never changed'); END;
CREATE TRIGGER entries_keep_replace BEFORE INSERT ON checklist_entries WHEN EXISTS (SELECT 1 FROM checklist_entries WHERE procedure_id = NEW.procedure_id AND position = NEW.position) BEGIN SELECT RAISE(ABORT, 'checklist entries are never changed'); END;
INSERT INTO procedures VALUES('p-1','20250301-090000-ab12','knee-injection','P-0417','right','1','0000000000000000000000000000000000000000000000000000000000000000',0,'2025-03-01T09:00:00+00:00','2025-03-01T09:30:00+00:00');
INSERT INTO procedures VALUES('p-2','','knee-injection','P-0418','left','1','0000000000000000000000000000000000000000000000000000000000000000',1,'2025-03-02T09:00:00+00:00',NULL);
INSERT INTO people VALUES('p-1',0,'OP-01','Op');
INSERT INTO people VALUES('p-1',1,'AS-01','As');
INSERT INTO people VALUES('p-2',0,'OP-01','Op');
INSERT INTO checklist_entries VALUES('p-1',0,'K-01','done','OP-01','Op','2025-03-01T09:01:00+00:00','EFSUMB level 2');
INSERT INTO checklist_entries VALUES('p-1',1,'K-11','overridden','OP-01','Op','2025-03-01T09:01:00+00:00','said "no leaflet"; è 关节');
PRAGMA user_version=1;
