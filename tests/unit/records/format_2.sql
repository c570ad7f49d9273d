-- A database of format 2, as version 0.1.0 wrote it.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE audit (
	seq INTEGER NOT NULL, 
	time_utc VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	payload TEXT NOT NULL, 
	previous_sha256 VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (seq)
)
 WITHOUT ROWID

;
INSERT INTO "audit" VALUES(1,'2025-03-01T09:00:00.000+00:00','person added','[{"row":{"active":true,"code":"OP-01","name":"Ann"},"table":"staff"}]','0000000000000000000000000000000000000000000000000000000000000000','fcdb9cbb1f9764e235dd1980d7ce78ce48bb33ce9165e0affab5061e5956dd2c');
INSERT INTO "audit" VALUES(2,'2025-03-01T09:00:00.000+00:00','roles set','[{"row":{"person_code":"OP-01","revision":0,"roles":"assistant operator"},"table":"staff_roles"}]','fcdb9cbb1f9764e235dd1980d7ce78ce48bb33ce9165e0affab5061e5956dd2c','07b3e9e27223c869bd4df25f034547218712112b2580c9189e611fc2426f656b');
INSERT INTO "audit" VALUES(3,'2025-03-01T09:00:00.000+00:00','person added','[{"row":{"active":true,"code":"AS-01","name":"Ben"},"table":"staff"}]','07b3e9e27223c869bd4df25f034547218712112b2580c9189e611fc2426f656b','761fd3c7d6a8e121a8c1c8948c274f3061ad454f6f651f43979ba2531b8adc58');
INSERT INTO "audit" VALUES(4,'2025-03-01T09:00:00.000+00:00','roles set','[{"row":{"person_code":"AS-01","revision":0,"roles":"assistant"},"table":"staff_roles"}]','761fd3c7d6a8e121a8c1c8948c274f3061ad454f6f651f43979ba2531b8adc58','83a180eb20c44863530aa5ac79ea107ee09c6ab934b37035e5abacfb275fdc93');
INSERT INTO "audit" VALUES(5,'2025-03-01T09:00:00.000+00:00','certificate added','[{"row":{"expires":null,"issued":"2022-01-31","level":1,"person_code":"OP-01","position":0,"scheme":"EULAR","technique":"us"},"table":"certificates"}]','83a180eb20c44863530aa5ac79ea107ee09c6ab934b37035e5abacfb275fdc93','9c2bff286a4cecbb818b081dbfe6f8fb243163743619f1fe904faa1bad7866ef');
INSERT INTO "audit" VALUES(6,'2025-03-01T09:00:00.000+00:00','course added','[{"row":{"expires":"2029-02-28","person_code":"OP-01","position":0,"taken":"2024-02-29","topic":"us"},"table":"courses"}]','9c2bff286a4cecbb818b081dbfe6f8fb243163743619f1fe904faa1bad7866ef','ec83efd5f6b1b38f7981d653ea87b9a6dc055aed4793a0f94b3c6aedc1639cdf');
INSERT INTO "audit" VALUES(7,'2025-03-01T09:00:00.000+00:00','PIN set','[{"row":{"failures":0,"hash_sha256":"51a59b3b5fc1ba4a0db4e1e3196a22cc9b4c20add114c649fbbc713ef0f54208","locked_until_utc":null,"person_code":"OP-01"},"table":"pins"}]','ec83efd5f6b1b38f7981d653ea87b9a6dc055aed4793a0f94b3c6aedc1639cdf','76306196a09cdbd15d6e4725e5a00e881c505ebd7ce405cecd43fe4f828532ec');
INSERT INTO "audit" VALUES(8,'2025-03-01T09:00:00.000+00:00','procedure started','[{"row":{"complex":false,"ended_utc":null,"id":"p-1","modality_reason":"","patient":"P-0417","procedure":"knee-injection","session_id":"20250301-090000-ab12","side":"right","site_family":"knee","started_utc":"2025-03-01T09:00:00+00:00","supervisor_code":"SU-01","technique":"us","template_digest":"0000000000000000000000000000000000000000000000000000000000000000","template_version":"1","trainee":false,"working_alone":false},"table":"procedures"},{"row":{"code":"OP-01","position":0,"procedure_id":"p-1","role":"Op"},"table":"procedure_people"},{"row":{"code":"AS-01","position":1,"procedure_id":"p-1","role":"As"},"table":"procedure_people"},{"row":{"code":"OP-01","position":2,"procedure_id":"p-1","role":"Su"},"table":"procedure_people"}]','76306196a09cdbd15d6e4725e5a00e881c505ebd7ce405cecd43fe4f828532ec','1c1c96933b6531c789a9e45e4da711449ee4b3597329d650f60a1a356e79671b');
INSERT INTO "audit" VALUES(9,'2025-03-01T09:00:00.000+00:00','entry added','[{"row":{"item":"K-01","mark":"done","note":"EFSUMB level 2","person_code":"OP-01","position":0,"procedure_id":"p-1","role":"Op","time_utc":"2025-03-01T09:01:00+00:00"},"table":"checklist_entries"}]','1c1c96933b6531c789a9e45e4da711449ee4b3597329d650f60a1a356e79671b','61c508a79e5edc0445e5b22e7249ce805344cb057ffc52f1d0341248a6ebe24a');
INSERT INTO "audit" VALUES(10,'2025-03-01T09:00:00.000+00:00','entry added','[{"row":{"item":"K-11","mark":"overridden","note":"said \"no leaflet\"; è 关节","person_code":"OP-01","position":1,"procedure_id":"p-1","role":"Op","time_utc":"2025-03-01T09:01:00+00:00"},"table":"checklist_entries"}]','61c508a79e5edc0445e5b22e7249ce805344cb057ffc52f1d0341248a6ebe24a','41e44a35227b77a5490c5529a9abc3c65640538320cb86d5c3e635f2f56c361d');
INSERT INTO "audit" VALUES(11,'2025-03-01T09:00:00.000+00:00','entry added','[{"row":{"item":"K-01","mark":"reopened","note":"","person_code":"OP-01","position":2,"procedure_id":"p-1","role":"Op","time_utc":"2025-03-01T09:01:00+00:00"},"table":"checklist_entries"}]','41e44a35227b77a5490c5529a9abc3c65640538320cb86d5c3e635f2f56c361d','ef93ae0cd41b2e4c69ed1afc18d63b327ac458e64f3f3d7b7281af52e0837d84');
INSERT INTO "audit" VALUES(12,'2025-03-01T09:00:00.000+00:00','entry added','[{"row":{"item":"K-01","mark":"done","note":"","person_code":"OP-01","position":3,"procedure_id":"p-1","role":"Op","time_utc":"2025-03-01T09:01:00+00:00"},"table":"checklist_entries"}]','ef93ae0cd41b2e4c69ed1afc18d63b327ac458e64f3f3d7b7281af52e0837d84','e25a94ba14b79ffaf149a955f5d56fb006ef88afbda33ed81ce38555443f1efd');
INSERT INTO "audit" VALUES(13,'2025-03-01T09:00:00.000+00:00','signed','[{"row":{"audit_seq":12,"audit_sha256":"e25a94ba14b79ffaf149a955f5d56fb006ef88afbda33ed81ce38555443f1efd","content_sha256":"7f95ec7f1c92148ab98ad36a5c3b5c185dee83ee0fd5e6898a6f47cb414ad350","meaning":"done","part":"TO","person_code":"OP-01","phase_items":"[\"K-01\",\"K-11\"]","position":0,"procedure_id":"p-1","role":"Op","template_digest":"0000000000000000000000000000000000000000000000000000000000000000","time_utc":"2025-03-01T09:10:00+00:00"},"table":"signatures"},{"row":{"audit_seq":12,"audit_sha256":"e25a94ba14b79ffaf149a955f5d56fb006ef88afbda33ed81ce38555443f1efd","content_sha256":"7f95ec7f1c92148ab98ad36a5c3b5c185dee83ee0fd5e6898a6f47cb414ad350","meaning":"verified","part":"TO","person_code":"AS-01","phase_items":"[\"K-01\",\"K-11\"]","position":1,"procedure_id":"p-1","role":"As","template_digest":"0000000000000000000000000000000000000000000000000000000000000000","time_utc":"2025-03-01T09:10:00+00:00"},"table":"signatures"}]','e25a94ba14b79ffaf149a955f5d56fb006ef88afbda33ed81ce38555443f1efd','d50391c2a80acab482dadbec8c443501507462da3ed562845a51bb977fcbfbb5');
INSERT INTO "audit" VALUES(14,'2025-03-01T09:00:00.000+00:00','procedure started','[{"row":{"complex":false,"ended_utc":null,"id":"p-2","modality_reason":"","patient":"P-0417","procedure":"knee-injection","session_id":"20250301-090000-ab12","side":"right","site_family":"knee","started_utc":"2025-03-01T09:00:00+00:00","supervisor_code":"SU-01","technique":"us","template_digest":"0000000000000000000000000000000000000000000000000000000000000000","template_version":"1","trainee":false,"working_alone":false},"table":"procedures"},{"row":{"code":"OP-01","position":0,"procedure_id":"p-2","role":"Op"},"table":"procedure_people"},{"row":{"code":"AS-01","position":1,"procedure_id":"p-2","role":"As"},"table":"procedure_people"},{"row":{"code":"OP-01","position":2,"procedure_id":"p-2","role":"Su"},"table":"procedure_people"}]','d50391c2a80acab482dadbec8c443501507462da3ed562845a51bb977fcbfbb5','f1ae66c20f8c5aba074a703e681d02de81a813938b67c2df2d644c210a78bfb7');
INSERT INTO "audit" VALUES(15,'2025-03-01T09:00:00.000+00:00','entry added','[{"row":{"item":"K-01","mark":"done","note":"EFSUMB level 2","person_code":"OP-01","position":0,"procedure_id":"p-2","role":"Op","time_utc":"2025-03-01T09:01:00+00:00"},"table":"checklist_entries"}]','f1ae66c20f8c5aba074a703e681d02de81a813938b67c2df2d644c210a78bfb7','853f6a51ece3d1059d294458818038b1c188d6ab274d47da125249333231df8d');
INSERT INTO "audit" VALUES(16,'2025-03-01T09:00:00.000+00:00','entry added','[{"row":{"item":"K-11","mark":"overridden","note":"said \"no leaflet\"; è 关节","person_code":"OP-01","position":1,"procedure_id":"p-2","role":"Op","time_utc":"2025-03-01T09:01:00+00:00"},"table":"checklist_entries"}]','853f6a51ece3d1059d294458818038b1c188d6ab274d47da125249333231df8d','b69bbb50d5da77653cb138e131c897b9315d77abc57ad5566d96e33eda121572');
INSERT INTO "audit" VALUES(17,'2025-03-01T09:00:00.000+00:00','entry added','[{"row":{"item":"K-01","mark":"reopened","note":"","person_code":"OP-01","position":2,"procedure_id":"p-2","role":"Op","time_utc":"2025-03-01T09:01:00+00:00"},"table":"checklist_entries"}]','b69bbb50d5da77653cb138e131c897b9315d77abc57ad5566d96e33eda121572','18e9db67a6d2c1fd23627e74cf3799bdf1c23ec68fc0be4cd48bcd9dd18ff51f');
INSERT INTO "audit" VALUES(18,'2025-03-01T09:00:00.000+00:00','entry added','[{"row":{"item":"K-01","mark":"done","note":"","person_code":"OP-01","position":3,"procedure_id":"p-2","role":"Op","time_utc":"2025-03-01T09:01:00+00:00"},"table":"checklist_entries"}]','18e9db67a6d2c1fd23627e74cf3799bdf1c23ec68fc0be4cd48bcd9dd18ff51f','2a4bf6e4384ec506a487c399db8aabfb1b6e5677153a4dba0568e79b58e2cf63');
INSERT INTO "audit" VALUES(19,'2025-03-01T09:00:00.000+00:00','signed','[{"row":{"audit_seq":18,"audit_sha256":"2a4bf6e4384ec506a487c399db8aabfb1b6e5677153a4dba0568e79b58e2cf63","content_sha256":"7806a8f6adba88b41714aeede7131e07c5882331065f23f1a262ac06dfddde40","meaning":"done","part":"TO","person_code":"OP-01","phase_items":"[\"K-01\",\"K-11\"]","position":0,"procedure_id":"p-2","role":"Op","template_digest":"0000000000000000000000000000000000000000000000000000000000000000","time_utc":"2025-03-01T09:10:00+00:00"},"table":"signatures"},{"row":{"audit_seq":18,"audit_sha256":"2a4bf6e4384ec506a487c399db8aabfb1b6e5677153a4dba0568e79b58e2cf63","content_sha256":"7806a8f6adba88b41714aeede7131e07c5882331065f23f1a262ac06dfddde40","meaning":"verified","part":"TO","person_code":"AS-01","phase_items":"[\"K-01\",\"K-11\"]","position":1,"procedure_id":"p-2","role":"As","template_digest":"0000000000000000000000000000000000000000000000000000000000000000","time_utc":"2025-03-01T09:10:00+00:00"},"table":"signatures"}]','2a4bf6e4384ec506a487c399db8aabfb1b6e5677153a4dba0568e79b58e2cf63','cb8d1bf45892935e94fe58d81e9ee8eac33115ba5ca81a8495e55a8bc83b8e67');
INSERT INTO "audit" VALUES(20,'2025-03-01T09:00:00.000+00:00','procedure finished','[{"row":{"complex":false,"ended_utc":"2025-03-01T09:30:00+00:00","id":"p-1","modality_reason":"","patient":"P-0417","procedure":"knee-injection","session_id":"20250301-090000-ab12","side":"right","site_family":"knee","started_utc":"2025-03-01T09:00:00+00:00","supervisor_code":"SU-01","technique":"us","template_digest":"0000000000000000000000000000000000000000000000000000000000000000","template_version":"1","trainee":false,"working_alone":false},"table":"procedures"},{"row":{"complex":false,"date_utc":"2025-03-01","family":"knee","person_code":"OP-01","procedure_id":"p-1","supervised_by":"SU-01","technique":"us"},"table":"log_book"}]','cb8d1bf45892935e94fe58d81e9ee8eac33115ba5ca81a8495e55a8bc83b8e67','bfaca5f7311d276d27a6a7aa33fbf72bfc6c75fb533cc7d6d74d2c8ed515c56e');
CREATE TABLE certificates (
	person_code VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	scheme VARCHAR NOT NULL, 
	level INTEGER NOT NULL, 
	technique VARCHAR NOT NULL, 
	issued VARCHAR NOT NULL, 
	expires VARCHAR, 
	CONSTRAINT pk_certificates PRIMARY KEY (person_code, position), 
	CONSTRAINT fk_certificates_person_code FOREIGN KEY(person_code) REFERENCES staff (code)
)
 WITHOUT ROWID

;
INSERT INTO "certificates" VALUES('OP-01',0,'EULAR',1,'us','2022-01-31',NULL);
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
 WITHOUT ROWID

;
INSERT INTO "checklist_entries" VALUES('p-1',0,'K-01','done','OP-01','Op','2025-03-01T09:01:00+00:00','EFSUMB level 2');
INSERT INTO "checklist_entries" VALUES('p-1',1,'K-11','overridden','OP-01','Op','2025-03-01T09:01:00+00:00','said "no leaflet"; è 关节');
INSERT INTO "checklist_entries" VALUES('p-1',2,'K-01','reopened','OP-01','Op','2025-03-01T09:01:00+00:00','');
INSERT INTO "checklist_entries" VALUES('p-1',3,'K-01','done','OP-01','Op','2025-03-01T09:01:00+00:00','');
INSERT INTO "checklist_entries" VALUES('p-2',0,'K-01','done','OP-01','Op','2025-03-01T09:01:00+00:00','EFSUMB level 2');
INSERT INTO "checklist_entries" VALUES('p-2',1,'K-11','overridden','OP-01','Op','2025-03-01T09:01:00+00:00','said "no leaflet"; è 关节');
INSERT INTO "checklist_entries" VALUES('p-2',2,'K-01','reopened','OP-01','Op','2025-03-01T09:01:00+00:00','');
INSERT INTO "checklist_entries" VALUES('p-2',3,'K-01','done','OP-01','Op','2025-03-01T09:01:00+00:00','');
CREATE TABLE courses (
	person_code VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	topic VARCHAR NOT NULL, 
	taken VARCHAR NOT NULL, 
	expires VARCHAR, 
	CONSTRAINT pk_courses PRIMARY KEY (person_code, position), 
	CONSTRAINT fk_courses_person_code FOREIGN KEY(person_code) REFERENCES staff (code)
)
 WITHOUT ROWID

;
INSERT INTO "courses" VALUES('OP-01',0,'us','2024-02-29','2029-02-28');
CREATE TABLE log_book (
	procedure_id VARCHAR NOT NULL, 
	person_code VARCHAR NOT NULL, 
	family VARCHAR NOT NULL, 
	technique VARCHAR NOT NULL, 
	complex BOOLEAN NOT NULL, 
	supervised_by VARCHAR, 
	date_utc VARCHAR NOT NULL, 
	CONSTRAINT pk_log_book PRIMARY KEY (procedure_id, person_code), 
	CONSTRAINT fk_log_book_procedure_id FOREIGN KEY(procedure_id) REFERENCES procedures (id)
)
 WITHOUT ROWID

;
INSERT INTO "log_book" VALUES('p-1','OP-01','knee','us',0,'SU-01','2025-03-01');
CREATE TABLE pins (
	person_code VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	failures INTEGER NOT NULL, 
	locked_until_utc VARCHAR, 
	CONSTRAINT pk_pins PRIMARY KEY (person_code), 
	CONSTRAINT fk_pins_person_code FOREIGN KEY(person_code) REFERENCES staff (code)
)
 WITHOUT ROWID

;
INSERT INTO "pins" VALUES('OP-01','$argon2id$v=19$m=65536,t=3,p=4$NNU2NuI+E4ZgSNhhtp6XkQ$3r4XWcDRGh6JpT38Ija5gLtHk8P7a2+ul7yM2vL8EvU',0,NULL);
CREATE TABLE "procedure_people" (
	procedure_id VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	code VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	PRIMARY KEY (procedure_id, position), 
	FOREIGN KEY(procedure_id) REFERENCES procedures (id)
)
 WITHOUT ROWID

;
INSERT INTO "procedure_people" VALUES('p-1',0,'OP-01','Op');
INSERT INTO "procedure_people" VALUES('p-1',1,'AS-01','As');
INSERT INTO "procedure_people" VALUES('p-1',2,'OP-01','Su');
INSERT INTO "procedure_people" VALUES('p-2',0,'OP-01','Op');
INSERT INTO "procedure_people" VALUES('p-2',1,'AS-01','As');
INSERT INTO "procedure_people" VALUES('p-2',2,'OP-01','Su');
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
	ended_utc VARCHAR, technique VARCHAR DEFAULT '' NOT NULL, site_family VARCHAR DEFAULT '' NOT NULL, modality_reason VARCHAR DEFAULT '' NOT NULL, complex BOOLEAN DEFAULT 0 NOT NULL, trainee BOOLEAN DEFAULT 0 NOT NULL, supervisor_code VARCHAR, 
	PRIMARY KEY (id)
);
INSERT INTO "procedures" VALUES('p-1','20250301-090000-ab12','knee-injection','P-0417','right','1','0000000000000000000000000000000000000000000000000000000000000000',0,'2025-03-01T09:00:00+00:00','2025-03-01T09:30:00+00:00','us','knee','',0,0,'SU-01');
INSERT INTO "procedures" VALUES('p-2','20250301-090000-ab12','knee-injection','P-0417','right','1','0000000000000000000000000000000000000000000000000000000000000000',0,'2025-03-01T09:00:00+00:00',NULL,'us','knee','',0,0,'SU-01');
CREATE TABLE signatures (
	procedure_id VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	template_digest VARCHAR NOT NULL, 
	part VARCHAR NOT NULL, 
	phase_items VARCHAR NOT NULL, 
	meaning VARCHAR NOT NULL, 
	person_code VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	time_utc VARCHAR NOT NULL, 
	content_sha256 VARCHAR NOT NULL, 
	audit_seq INTEGER NOT NULL, 
	audit_sha256 VARCHAR NOT NULL, 
	CONSTRAINT pk_signatures PRIMARY KEY (procedure_id, position), 
	CONSTRAINT fk_signatures_procedure_id FOREIGN KEY(procedure_id) REFERENCES procedures (id), 
	CONSTRAINT fk_signatures_person_code FOREIGN KEY(person_code) REFERENCES staff (code)
)
 WITHOUT ROWID

;
INSERT INTO "signatures" VALUES('p-1',0,'0000000000000000000000000000000000000000000000000000000000000000','TO','["K-01","K-11"]','done','OP-01','Op','2025-03-01T09:10:00+00:00','7f95ec7f1c92148ab98ad36a5c3b5c185dee83ee0fd5e6898a6f47cb414ad350',12,'e25a94ba14b79ffaf149a955f5d56fb006ef88afbda33ed81ce38555443f1efd');
INSERT INTO "signatures" VALUES('p-1',1,'0000000000000000000000000000000000000000000000000000000000000000','TO','["K-01","K-11"]','verified','AS-01','As','2025-03-01T09:10:00+00:00','7f95ec7f1c92148ab98ad36a5c3b5c185dee83ee0fd5e6898a6f47cb414ad350',12,'e25a94ba14b79ffaf149a955f5d56fb006ef88afbda33ed81ce38555443f1efd');
INSERT INTO "signatures" VALUES('p-2',0,'0000000000000000000000000000000000000000000000000000000000000000','TO','["K-01","K-11"]','done','OP-01','Op','2025-03-01T09:10:00+00:00','7806a8f6adba88b41714aeede7131e07c5882331065f23f1a262ac06dfddde40',18,'2a4bf6e4384ec506a487c399db8aabfb1b6e5677153a4dba0568e79b58e2cf63');
INSERT INTO "signatures" VALUES('p-2',1,'0000000000000000000000000000000000000000000000000000000000000000','TO','["K-01","K-11"]','verified','AS-01','As','2025-03-01T09:10:00+00:00','7806a8f6adba88b41714aeede7131e07c5882331065f23f1a262ac06dfddde40',18,'2a4bf6e4384ec506a487c399db8aabfb1b6e5677153a4dba0568e79b58e2cf63');
CREATE TABLE staff (
	code VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	active BOOLEAN NOT NULL, 
	CONSTRAINT pk_staff PRIMARY KEY (code)
)
 WITHOUT ROWID

;
INSERT INTO "staff" VALUES('AS-01','Ben',1);
INSERT INTO "staff" VALUES('OP-01','Ann',1);
CREATE TABLE staff_roles (
	person_code VARCHAR NOT NULL, 
	revision INTEGER NOT NULL, 
	roles VARCHAR NOT NULL, 
	CONSTRAINT pk_staff_roles PRIMARY KEY (person_code, revision), 
	CONSTRAINT fk_staff_roles_person_code FOREIGN KEY(person_code) REFERENCES staff (code)
)
 WITHOUT ROWID

;
INSERT INTO "staff_roles" VALUES('AS-01',0,'assistant');
INSERT INTO "staff_roles" VALUES('OP-01',0,'assistant operator');
CREATE TRIGGER entries_keep_update BEFORE UPDATE ON checklist_entries BEGIN SELECT RAISE(ABORT, 'checklist entries are never changed'); END;
CREATE TRIGGER entries_keep_delete BEFORE DELETE ON checklist_entries BEGIN SELECT RAISE(ABORT, 'checklist entries are never changed'); END;
CREATE TRIGGER entries_keep_replace BEFORE INSERT ON checklist_entries WHEN EXISTS (SELECT 1 FROM checklist_entries WHERE procedure_id = NEW.procedure_id AND position = NEW.position) BEGIN SELECT RAISE(ABORT, 'checklist entries are never changed'); END;
CREATE INDEX ix_procedures_patient ON procedures (patient);
CREATE INDEX ix_procedures_started_utc ON procedures (started_utc);
CREATE INDEX ix_procedure_people_code ON procedure_people (code);
CREATE INDEX ix_log_book_person_code ON log_book (person_code);
CREATE TRIGGER procedures_keep_update BEFORE UPDATE ON procedures WHEN NOT (NEW.id IS OLD.id AND NEW.session_id IS OLD.session_id AND NEW.procedure IS OLD.procedure AND NEW.patient IS OLD.patient AND NEW.side IS OLD.side AND NEW.template_version IS OLD.template_version AND NEW.template_digest IS OLD.template_digest AND NEW.working_alone IS OLD.working_alone AND NEW.started_utc IS OLD.started_utc AND NEW.technique IS OLD.technique AND NEW.site_family IS OLD.site_family AND NEW.complex IS OLD.complex AND NEW.supervisor_code IS OLD.supervisor_code AND NEW.trainee IS OLD.trainee AND NEW.modality_reason IS OLD.modality_reason AND (OLD.ended_utc IS NULL AND NEW.ended_utc IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'procedures: what is stored is never changed'); END;
CREATE TRIGGER procedures_keep_delete BEFORE DELETE ON procedures BEGIN SELECT RAISE(ABORT, 'procedures: what is stored is never changed'); END;
CREATE TRIGGER procedures_keep_replace BEFORE INSERT ON procedures WHEN EXISTS (SELECT 1 FROM procedures WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'procedures: what is stored is never changed'); END;
CREATE TRIGGER procedure_people_keep_update BEFORE UPDATE ON procedure_people WHEN NOT ((FALSE)) BEGIN SELECT RAISE(ABORT, 'procedure_people: what is stored is never changed'); END;
CREATE TRIGGER procedure_people_keep_delete BEFORE DELETE ON procedure_people BEGIN SELECT RAISE(ABORT, 'procedure_people: what is stored is never changed'); END;
CREATE TRIGGER procedure_people_keep_replace BEFORE INSERT ON procedure_people WHEN EXISTS (SELECT 1 FROM procedure_people WHERE procedure_id = NEW.procedure_id AND position = NEW.position) BEGIN SELECT RAISE(ABORT, 'procedure_people: what is stored is never changed'); END;
CREATE TRIGGER staff_keep_update BEFORE UPDATE ON staff WHEN NOT (NEW.code IS OLD.code AND (TRUE)) BEGIN SELECT RAISE(ABORT, 'staff: what is stored is never changed'); END;
CREATE TRIGGER staff_keep_delete BEFORE DELETE ON staff BEGIN SELECT RAISE(ABORT, 'staff: what is stored is never changed'); END;
CREATE TRIGGER staff_keep_replace BEFORE INSERT ON staff WHEN EXISTS (SELECT 1 FROM staff WHERE code = NEW.code) BEGIN SELECT RAISE(ABORT, 'staff: what is stored is never changed'); END;
CREATE TRIGGER staff_roles_keep_update BEFORE UPDATE ON staff_roles WHEN NOT ((FALSE)) BEGIN SELECT RAISE(ABORT, 'staff_roles: what is stored is never changed'); END;
CREATE TRIGGER staff_roles_keep_delete BEFORE DELETE ON staff_roles BEGIN SELECT RAISE(ABORT, 'staff_roles: what is stored is never changed'); END;
CREATE TRIGGER staff_roles_keep_replace BEFORE INSERT ON staff_roles WHEN EXISTS (SELECT 1 FROM staff_roles WHERE person_code = NEW.person_code AND revision = NEW.revision) BEGIN SELECT RAISE(ABORT, 'staff_roles: what is stored is never changed'); END;
CREATE TRIGGER certificates_keep_update BEFORE UPDATE ON certificates WHEN NOT ((FALSE)) BEGIN SELECT RAISE(ABORT, 'certificates: what is stored is never changed'); END;
CREATE TRIGGER certificates_keep_delete BEFORE DELETE ON certificates BEGIN SELECT RAISE(ABORT, 'certificates: what is stored is never changed'); END;
CREATE TRIGGER certificates_keep_replace BEFORE INSERT ON certificates WHEN EXISTS (SELECT 1 FROM certificates WHERE person_code = NEW.person_code AND position = NEW.position) BEGIN SELECT RAISE(ABORT, 'certificates: what is stored is never changed'); END;
CREATE TRIGGER courses_keep_update BEFORE UPDATE ON courses WHEN NOT ((FALSE)) BEGIN SELECT RAISE(ABORT, 'courses: what is stored is never changed'); END;
CREATE TRIGGER courses_keep_delete BEFORE DELETE ON courses BEGIN SELECT RAISE(ABORT, 'courses: what is stored is never changed'); END;
CREATE TRIGGER courses_keep_replace BEFORE INSERT ON courses WHEN EXISTS (SELECT 1 FROM courses WHERE person_code = NEW.person_code AND position = NEW.position) BEGIN SELECT RAISE(ABORT, 'courses: what is stored is never changed'); END;
CREATE TRIGGER pins_keep_update BEFORE UPDATE ON pins WHEN NOT (NEW.person_code IS OLD.person_code AND (TRUE)) BEGIN SELECT RAISE(ABORT, 'pins: what is stored is never changed'); END;
CREATE TRIGGER pins_keep_delete BEFORE DELETE ON pins BEGIN SELECT RAISE(ABORT, 'pins: what is stored is never changed'); END;
CREATE TRIGGER pins_keep_replace BEFORE INSERT ON pins WHEN EXISTS (SELECT 1 FROM pins WHERE person_code = NEW.person_code) BEGIN SELECT RAISE(ABORT, 'pins: what is stored is never changed'); END;
CREATE TRIGGER signatures_keep_update BEFORE UPDATE ON signatures WHEN NOT ((FALSE)) BEGIN SELECT RAISE(ABORT, 'signatures: what is stored is never changed'); END;
CREATE TRIGGER signatures_keep_delete BEFORE DELETE ON signatures BEGIN SELECT RAISE(ABORT, 'signatures: what is stored is never changed'); END;
CREATE TRIGGER signatures_keep_replace BEFORE INSERT ON signatures WHEN EXISTS (SELECT 1 FROM signatures WHERE procedure_id = NEW.procedure_id AND position = NEW.position) BEGIN SELECT RAISE(ABORT, 'signatures: what is stored is never changed'); END;
CREATE TRIGGER log_book_keep_update BEFORE UPDATE ON log_book WHEN NOT ((FALSE)) BEGIN SELECT RAISE(ABORT, 'log_book: what is stored is never changed'); END;
CREATE TRIGGER log_book_keep_delete BEFORE DELETE ON log_book BEGIN SELECT RAISE(ABORT, 'log_book: what is stored is never changed'); END;
CREATE TRIGGER log_book_keep_replace BEFORE INSERT ON log_book WHEN EXISTS (SELECT 1 FROM log_book WHERE procedure_id = NEW.procedure_id AND person_code = NEW.person_code) BEGIN SELECT RAISE(ABORT, 'log_book: what is stored is never changed'); END;
CREATE TRIGGER audit_keep_update BEFORE UPDATE ON audit WHEN NOT ((FALSE)) BEGIN SELECT RAISE(ABORT, 'audit: what is stored is never changed'); END;
CREATE TRIGGER audit_keep_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit: what is stored is never changed'); END;
CREATE TRIGGER audit_keep_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'audit: what is stored is never changed'); END;
COMMIT;
PRAGMA user_version = 2;
