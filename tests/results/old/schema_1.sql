-- A database that shakedown 0.1.0 wrote (schema 1): the library's first-call, as SQL.
PRAGMA application_id = 1936223076;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE call (
  number              INTEGER PRIMARY KEY,         -- counts the calls of the database
  run                 INTEGER NOT NULL REFERENCES run (number),
  id                  TEXT    NOT NULL,            -- unique in the run; also the SIP Call-ID
  originating         TEXT    NOT NULL,            -- the actor that placed it
  claims_to_be        TEXT    NOT NULL,            -- whose certificate it carries
  terminating         TEXT    NOT NULL,            -- the provider that it was for
  calling_number      TEXT    NOT NULL,
  called_number       TEXT    NOT NULL,
  via                 TEXT,                        -- transit providers, comma-separated
  attest              TEXT    CHECK (attest = 'A' OR attest = 'B' OR attest = 'C'),
  outcome             TEXT    NOT NULL
                      CHECK (outcome = 'passed' OR outcome = 'failed' OR outcome = 'unverified'),
  sip_status          INTEGER CHECK (sip_status BETWEEN 100 AND 699),
  placed_ns           INTEGER NOT NULL,
  recorded_ns         INTEGER NOT NULL,
  signing_latency_ns  INTEGER,                     -- request to answer, authentication service
  post_dial_delay_ns  INTEGER,                     -- INVITE sent to verdict
  signing_error       TEXT,                        -- why it went out unsigned
  verification        INTEGER
) STRICT;
INSERT INTO "call" VALUES(1,1,'acme-tel.0.0','acme-tel','acme-tel','beta-voice','12015556422','14155552194',NULL,'A','passed',200,1767603600239474791,1767603600576439954,29000,303935312,NULL,1);
INSERT INTO "call" VALUES(2,1,'acme-tel.1.0','acme-tel','acme-tel','beta-voice','12015550744','14155558090',NULL,'A','passed',200,1767603605532208083,1767603605598325234,29000,33087347,NULL,2);
INSERT INTO "call" VALUES(3,1,'acme-tel.1.1','acme-tel','acme-tel','beta-voice','12015554467','14155550940',NULL,'A','passed',200,1767603606840609021,1767603606906726435,29000,33087613,NULL,3);
INSERT INTO "call" VALUES(4,1,'acme-tel.1.2','acme-tel','acme-tel','beta-voice','12015553968','14155557924',NULL,'A','passed',200,1767603607852514952,1767603607918631757,29000,33087328,NULL,4);
INSERT INTO "call" VALUES(5,1,'acme-tel.1.3','acme-tel','acme-tel','beta-voice','12015555636','14155555708',NULL,'A','passed',200,1767603608281056154,1767603608347173341,29000,33087261,NULL,5);
INSERT INTO "call" VALUES(6,1,'acme-tel.1.4','acme-tel','acme-tel','beta-voice','12015553225','14155555216',NULL,'A','passed',200,1767603609022620269,1767603609088736309,29000,33087029,NULL,6);
INSERT INTO "call" VALUES(7,1,'acme-tel.1.5','acme-tel','acme-tel','beta-voice','12015556583','14155558246',NULL,'A','passed',200,1767603610770080063,1767603610836197061,29000,33087461,NULL,7);
INSERT INTO "call" VALUES(8,1,'acme-tel.1.6','acme-tel','acme-tel','beta-voice','12015551506','14155552191',NULL,'A','passed',200,1767603611551044576,1767603611617161617,29000,33087068,NULL,8);
INSERT INTO "call" VALUES(9,1,'acme-tel.1.7','acme-tel','acme-tel','beta-voice','12015558662','14155552314',NULL,'A','passed',200,1767603612857679744,1767603612923797088,29000,33087753,NULL,9);
INSERT INTO "call" VALUES(10,1,'acme-tel.1.8','acme-tel','acme-tel','beta-voice','12015554699','14155556428',NULL,'A','passed',200,1767603613480860967,1767603613546978816,29000,33087887,NULL,10);
INSERT INTO "call" VALUES(11,1,'acme-tel.1.9','acme-tel','acme-tel','beta-voice','12015555371','14155559035',NULL,'A','passed',200,1767603614529160220,1767603614595277790,29000,33087952,NULL,11);
INSERT INTO "call" VALUES(12,1,'acme-tel.1.10','acme-tel','acme-tel','beta-voice','12015555094','14155553633',NULL,'A','passed',200,1767603615455141867,1767603615521259214,29000,33087709,NULL,12);
INSERT INTO "call" VALUES(13,1,'acme-tel.1.11','acme-tel','acme-tel','beta-voice','12015558276','14155556666',NULL,'A','passed',200,1767603616034398270,1767603616100515376,29000,33087126,NULL,13);
INSERT INTO "call" VALUES(14,1,'acme-tel.1.12','acme-tel','acme-tel','beta-voice','12015556940','14155552919',NULL,'A','passed',200,1767603617670166703,1767603617736283032,29000,33087002,NULL,14);
INSERT INTO "call" VALUES(15,1,'acme-tel.1.13','acme-tel','acme-tel','beta-voice','12015556518','14155558305',NULL,'A','passed',200,1767603618919048451,1767603618985165937,29000,33087576,NULL,15);
INSERT INTO "call" VALUES(16,1,'acme-tel.1.14','acme-tel','acme-tel','beta-voice','12015553219','14155553042',NULL,'A','passed',200,1767603619113120807,1767603619179237548,29000,33087106,NULL,16);
INSERT INTO "call" VALUES(17,1,'acme-tel.1.15','acme-tel','acme-tel','beta-voice','12015551707','14155552363',NULL,'A','passed',200,1767603620428881240,1767603620494997881,29000,33087309,NULL,17);
INSERT INTO "call" VALUES(18,1,'acme-tel.1.16','acme-tel','acme-tel','beta-voice','12015554484','14155556148',NULL,'A','passed',200,1767603621392808181,1767603621458925333,29000,33087560,NULL,18);
INSERT INTO "call" VALUES(19,1,'acme-tel.1.17','acme-tel','acme-tel','beta-voice','12015555043','14155557055',NULL,'A','passed',200,1767603622841029013,1767603622907146314,29000,33087435,NULL,19);
INSERT INTO "call" VALUES(20,1,'acme-tel.1.18','acme-tel','acme-tel','beta-voice','12015559055','14155551254',NULL,'A','passed',200,1767603623441698354,1767603623507815284,29000,33087203,NULL,20);
INSERT INTO "call" VALUES(21,1,'acme-tel.1.19','acme-tel','acme-tel','beta-voice','12015551590','14155556483',NULL,'A','passed',200,1767603624446146901,1767603624512263555,29000,33087565,NULL,21);
INSERT INTO "call" VALUES(22,1,'mallory.x0.0','mallory','acme-tel','beta-voice','12015557981','14155550000',NULL,NULL,'unverified',200,1767603630980966970,1767603631112969475,NULL,99001963,NULL,22);
INSERT INTO "call" VALUES(23,1,'mallory.x0.1','mallory','acme-tel','beta-voice','12015556767','14155556467',NULL,NULL,'unverified',200,1767603631483040918,1767603631549042002,NULL,33000801,NULL,23);
INSERT INTO "call" VALUES(24,1,'mallory.x0.2','mallory','acme-tel','beta-voice','12015558543','14155550398',NULL,NULL,'unverified',200,1767603632666688898,1767603632732689968,NULL,33000330,NULL,24);
INSERT INTO "call" VALUES(25,1,'mallory.x1.0','mallory','acme-tel','beta-voice','12015559497','14155555156',NULL,'A','failed',200,1767603640606822015,1767603640871695254,29000,231843367,NULL,25);
INSERT INTO "call" VALUES(26,1,'mallory.x1.1','mallory','acme-tel','beta-voice','12015550763','14155553796',NULL,'A','failed',200,1767603641111264224,1767603641177293750,29000,33000462,NULL,26);
INSERT INTO "call" VALUES(27,1,'mallory.x1.2','mallory','acme-tel','beta-voice','12015558269','14155550602',NULL,'A','failed',200,1767603642251244340,1767603642317274099,29000,33000209,NULL,27);
CREATE TABLE certificate (
  run            INTEGER NOT NULL REFERENCES run (number),
  fingerprint    TEXT    NOT NULL,                 -- SHA-256 of the DER
  kind           TEXT    NOT NULL CHECK (kind IN (
                   'root', 'intermediate', 'end_entity', 'delegate_ca', 'delegate')),
  ca             TEXT    NOT NULL,                 -- who issued it
  issued_to      TEXT    NOT NULL,
  subject        TEXT    NOT NULL,
  serial         TEXT    NOT NULL,
  tn_auth_list   TEXT,
  not_before_ns  INTEGER NOT NULL,
  not_after_ns   INTEGER NOT NULL,
  recorded_ns    INTEGER NOT NULL,
  der            BLOB    NOT NULL,
  PRIMARY KEY (run, fingerprint)
) STRICT, WITHOUT ROWID;
INSERT INTO "certificate" VALUES(1,'24508e760b689d759c0e695440bde9f9da4fbe4d31e1e1c52b1042237c6bdb88','end_entity','policy-administrator','policy-administrator','CN=STI-PA Signer,O=STI-PA (TEST - NOT TRUSTED),C=US','7636CEF5EB644759D779AC0430E6437B',NULL,1736067480000000000,2051600280000000000,1767603480000036000,X'308201F330820198A00302010202107636CEF5EB644759D779AC0430E6437B300A06082A8648CE3D0403023049310B300906035504061302555331243022060355040A0C1B5354492D5041202854455354202D204E4F542054525553544544293114301206035504030C0B5354492D504120526F6F74301E170D3235303130353038353830305A170D3335303130353038353830305A304B310B300906035504061302555331243022060355040A0C1B5354492D5041202854455354202D204E4F542054525553544544293116301406035504030C0D5354492D5041205369676E65723059301306072A8648CE3D020106082A8648CE3D03010703420004D794D20E8A60DD28CBC0CC96451B21161F323437A6F224671977BE8FFE50658887652AB4F7DDEB272CEED1FD20C5B18A86C12BDEE4E9C04D18B2D4DD4C5E03F6A360305E300C0603551D130101FF04023000300E0603551D0F0101FF040403020182301D0603551D0E04160414093F7C082D98342229916861FC1384B4C8CDD98F301F0603551D23041830168014AAE31DA33DAC762A133E56C10FF12A646CD81D62300A06082A8648CE3D0403020349003046022100953779B5F1358F0931BDBC258B0F827908C3CBBDC6D094F4812785467D634589022100BB14CFD8975E9F5DA1602900614A174A5C7A1C60F253977A8A7153FF74BFB51D');
INSERT INTO "certificate" VALUES(1,'7d9a9170e27e35861a20996902fe7bf85250e3d80d4965064c5a0b7f88166c77','end_entity','policy-administrator','policy-administrator','CN=STI-PA CRL,O=STI-PA (TEST - NOT TRUSTED),C=US','50207672E64DE213C16FD4BB4F1BF96F',NULL,1736067480000000000,2051600280000000000,1767603480000036000,X'308201EE30820195A003020102021050207672E64DE213C16FD4BB4F1BF96F300A06082A8648CE3D0403023049310B300906035504061302555331243022060355040A0C1B5354492D5041202854455354202D204E4F542054525553544544293114301206035504030C0B5354492D504120526F6F74301E170D3235303130353038353830305A170D3335303130353038353830305A3048310B300906035504061302555331243022060355040A0C1B5354492D5041202854455354202D204E4F542054525553544544293113301106035504030C0A5354492D50412043524C3059301306072A8648CE3D020106082A8648CE3D030107034200043CFF0E40703E3A8168FEB29A61A9F7A1DD7BB157872D736AFD017982565ABEB35D93AABE6E1D3D3A84E0278F9821A3A511200F761335D040252B78ECD37575A4A360305E300C0603551D130101FF04023000300E0603551D0F0101FF040403020182301D0603551D0E04160414D054667C166027DBEDB0BB258D54F2F0BA100C89301F0603551D23041830168014AAE31DA33DAC762A133E56C10FF12A646CD81D62300A06082A8648CE3D0403020347003044022030DE4E434CF19C964D71E85B9FCC847EF7A77B5985033023906FDD7F8D6D36310220118991DABB4252D4F324E0C1778E2869B18F351E2EA1336B223D12E8E44E3B85');
INSERT INTO "certificate" VALUES(1,'9567483b04287ec567ec343ab3310c3bab7682124eeee5427302bbf1840c69f4','end_entity','ca-one','beta-voice','CN=SHAKEN 818H,O=Beta Voice (TEST - NOT TRUSTED),C=US','55B91E84CBE23BEB0F3A44083F468855','spc 818H',1767603480000000000,1775379480000000000,1767603480898051786,X'308202B430820259A003020102021055B91E84CBE23BEB0F3A44083F468855300A06082A8648CE3D040302304E310B300906035504061302555331243022060355040A0C1B4361204F6E65202854455354202D204E4F542054525553544544293119301706035504030C104361204F6E65205348414B454E204341301E170D3236303130353038353830305A170D3236303430353038353830305A304D310B300906035504061302555331283026060355040A0C1F4265746120566F696365202854455354202D204E4F542054525553544544293114301206035504030C0B5348414B454E20383138483059301306072A8648CE3D020106082A8648CE3D03010703420004678D5FA9F71DBCCB3C5B0560A8E8A342E608198912017BFD8EAF11143F5D16E9FEE064772730DC7A80B90D4160F5AF13A0B1061B4EDA6C6F55BF5D8F17F4CE72A382011830820114300C0603551D130101FF04023000300E0603551D0F0101FF040403020780301D0603551D0E0416041481E98941B6CF927C79331FF728AA0572DA76ECC6301F0603551D230418301680148DA25141BD8D548A3E80187A193345BE6979330930170603551D200410300E300C060A6086480186FF090101033081820603551D1F047B30793077A027A025862368747470733A2F2F7374692D70612E746573742F646F776E6C6F61642F76312F63726CA24CA44A3048310B300906035504061302555331243022060355040A0C1B5354492D5041202854455354202D204E4F542054525553544544293113301106035504030C0A5354492D50412043524C301606082B0601050507011A040A3008A006160438313848300A06082A8648CE3D0403020349003046022100F7B9EFCDB9D52970C8C19043FE34D33787248761B53E541358A61F01BF07754B022100A0EA3A2C4ED9B37E96AE4AF8629538FF5DF29B9E70566B517F9D5ECD15E4840F');
INSERT INTO "certificate" VALUES(1,'a22ec706400ac4f8ccf72eb5015833b374f86871b1f4f68804fcfea0f6859497','intermediate','ca-one','ca-one','CN=Ca One SHAKEN CA,O=Ca One (TEST - NOT TRUSTED),C=US','41FB599387533880F4D384E49DE5B395',NULL,1736067480000000000,2051427480000000000,1767603480000036000,X'308202A430820249A003020102021041FB599387533880F4D384E49DE5B395300A06082A8648CE3D0403023053310B300906035504061302555331243022060355040A0C1B4361204F6E65202854455354202D204E4F54205452555354454429311E301C06035504030C154361204F6E65205348414B454E20524F4F54204341301E170D3235303130353038353830305A170D3335303130333038353830305A304E310B300906035504061302555331243022060355040A0C1B4361204F6E65202854455354202D204E4F542054525553544544293119301706035504030C104361204F6E65205348414B454E2043413059301306072A8648CE3D020106082A8648CE3D030107034200043641D9D4E5F65B35370E7F62BF99DD7572AEF0E2C0A7AC797029C5DD178BA951E1CD39273FC5A777008C79EE93348706D2F77BE805E458D13954E43A63BB0C71A38201023081FF300F0603551D130101FF040530030101FF300E0603551D0F0101FF040403020204301D0603551D0E041604148DA25141BD8D548A3E80187A193345BE69793309301F0603551D230418301680149BB09900B69CA82342DDB22E402912F188728C6430170603551D200410300E300C060A6086480186FF090101033081820603551D1F047B30793077A027A025862368747470733A2F2F7374692D70612E746573742F646F776E6C6F61642F76312F63726CA24CA44A3048310B300906035504061302555331243022060355040A0C1B5354492D5041202854455354202D204E4F542054525553544544293113301106035504030C0A5354492D50412043524C300A06082A8648CE3D0403020349003046022100B439DF16F0AF3B07142C57AE856286B181CFD4A53BE582B17B390410B1E2F50502210099216059BE0C8A57EBA7C7DA17117AE2787489CDAA75C20C992E600CBAF83456');
INSERT INTO "certificate" VALUES(1,'c43408beaf6a720984fa4a1f637d8dde794e2ca96d5388dc66415eff6904d5e2','root','policy-administrator','policy-administrator','CN=STI-PA Root,O=STI-PA (TEST - NOT TRUSTED),C=US','596AB9FA040CAF7479446704073C401E',NULL,1736067480000000000,2051600280000000000,1767603480000036000,X'308201D230820178A0030201020210596AB9FA040CAF7479446704073C401E300A06082A8648CE3D0403023049310B300906035504061302555331243022060355040A0C1B5354492D5041202854455354202D204E4F542054525553544544293114301206035504030C0B5354492D504120526F6F74301E170D3235303130353038353830305A170D3335303130353038353830305A3049310B300906035504061302555331243022060355040A0C1B5354492D5041202854455354202D204E4F542054525553544544293114301206035504030C0B5354492D504120526F6F743059301306072A8648CE3D020106082A8648CE3D0301070342000484FB472738DE20AF731DA32E688CE7C2E8F5487C7A70E4E8429CFDCE335219260A30A404FB2A704091917A721F4A5A3A1766FA83C70510CFDA429A6B1A1F99BFA3423040300F0603551D130101FF040530030101FF300E0603551D0F0101FF040403020186301D0603551D0E04160414AAE31DA33DAC762A133E56C10FF12A646CD81D62300A06082A8648CE3D0403020348003045022100B0E5E8033DFDD9155311F4A76F432699521702ED4DB195730A0A28CF1538FD03022025BBC3D636743B6394817647FC366BBE4EA6D47A43C43437C096108CFFA72E28');
INSERT INTO "certificate" VALUES(1,'f3accaee1c38ba0ced2b4e44c72d2140bb1e99eb2c1d668470e8b5ef51a68e24','end_entity','ca-one','acme-tel','CN=SHAKEN 709J,O=Acme Tel (TEST - NOT TRUSTED),C=US','78E6C9F935B25B142BDF37DC2B73DF16','spc 709J',1767603480000000000,1775379480000000000,1767603480806232523,X'308202B230820257A003020102021078E6C9F935B25B142BDF37DC2B73DF16300A06082A8648CE3D040302304E310B300906035504061302555331243022060355040A0C1B4361204F6E65202854455354202D204E4F542054525553544544293119301706035504030C104361204F6E65205348414B454E204341301E170D3236303130353038353830305A170D3236303430353038353830305A304B310B300906035504061302555331263024060355040A0C1D41636D652054656C202854455354202D204E4F542054525553544544293114301206035504030C0B5348414B454E203730394A3059301306072A8648CE3D020106082A8648CE3D03010703420004E3BB0EB2538556CA8047AF402412771A8326A617912D747C10565C3DF0CA79FCFD64F91D2517E08825B63FA226EC36E6BE69283764CAD4DEFB3F7AAEF1249F6AA382011830820114300C0603551D130101FF04023000300E0603551D0F0101FF040403020780301D0603551D0E04160414547513D296AD65389C1B1EE12331FC664261F7A5301F0603551D230418301680148DA25141BD8D548A3E80187A193345BE6979330930170603551D200410300E300C060A6086480186FF090101033081820603551D1F047B30793077A027A025862368747470733A2F2F7374692D70612E746573742F646F776E6C6F61642F76312F63726CA24CA44A3048310B300906035504061302555331243022060355040A0C1B5354492D5041202854455354202D204E4F542054525553544544293113301106035504030C0A5354492D50412043524C301606082B0601050507011A040A3008A00616043730394A300A06082A8648CE3D04030203490030460221009157F4393F57B09D91F32A383ED649ED4E2303C84FF4B4B57D915C74DE77A705022100C898F90FD6CC4AE8CA76C2081063EFA852E3AD4F3A6897D00EDF2EF2B6CA6D10');
INSERT INTO "certificate" VALUES(1,'ff633c624aed2f165cdbe406df7f3d23fe9163d2ff450f5ec50c12a93b360897','root','ca-one','ca-one','CN=Ca One SHAKEN ROOT CA,O=Ca One (TEST - NOT TRUSTED),C=US','556D01E085568DCF5C197023F7081A6D',NULL,1736067480000000000,2366787480000000000,1767603480000036000,X'308201E53082018CA0030201020210556D01E085568DCF5C197023F7081A6D300A06082A8648CE3D0403023053310B300906035504061302555331243022060355040A0C1B4361204F6E65202854455354202D204E4F54205452555354454429311E301C06035504030C154361204F6E65205348414B454E20524F4F54204341301E170D3235303130353038353830305A170D3434313233313038353830305A3053310B300906035504061302555331243022060355040A0C1B4361204F6E65202854455354202D204E4F54205452555354454429311E301C06035504030C154361204F6E65205348414B454E20524F4F542043413059301306072A8648CE3D020106082A8648CE3D03010703420004AF090C8E94064A09A6B3DAFBB2FA34C66914773D0BDB25E9C4538699084FF2ADFA7ECB1B3452D8E2EAF04C1315A090ABB9F435FCD3D0964CE2F19BD8E23BCBDAA3423040300F0603551D130101FF040530030101FF300E0603551D0F0101FF040403020204301D0603551D0E041604149BB09900B69CA82342DDB22E402912F188728C64300A06082A8648CE3D04030203470030440220200DB25ACEB0DD092D110558DA3F2E20493F483E7A64FA9F4C1ED2719485B5BD0220249A8CC3E0E917ECE905EC45526A434876717E2ED9ADCCF6909BB0A147743949');
CREATE TABLE event (
  run      INTEGER NOT NULL REFERENCES run (number),
  number   INTEGER NOT NULL,
  at_ns    INTEGER NOT NULL,
  actor    TEXT    NOT NULL,                       -- who recorded it
  kind     TEXT    NOT NULL,
  subject  TEXT,                                   -- whom or what it happened to
  done_by  TEXT,                                   -- NULL: the scenario's timeline
  detail   TEXT,
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
INSERT INTO "event" VALUES(1,1,1767603480000000000,'policy-administrator','account_created','ca-one','policy-administrator',NULL);
INSERT INTO "event" VALUES(1,2,1767603480000000000,'policy-administrator','account_created','acme-tel','policy-administrator','spc 709J');
INSERT INTO "event" VALUES(1,3,1767603480000000000,'policy-administrator','account_created','beta-voice','policy-administrator','spc 818H');
INSERT INTO "event" VALUES(1,4,1767603480000065000,'policy-administrator','ca_list_published','policy-administrator','policy-administrator','sequence 1');
INSERT INTO "event" VALUES(1,5,1767603480000665000,'policy-administrator','crl_published','policy-administrator','policy-administrator','number 1, 0 entries');
INSERT INTO "event" VALUES(1,6,1767603480109257736,'policy-administrator','ca_approved','ca-one','policy-administrator',NULL);
INSERT INTO "event" VALUES(1,7,1767603480109286736,'policy-administrator','ca_list_published','policy-administrator','policy-administrator','sequence 2: ca-one');
INSERT INTO "event" VALUES(1,8,1767603480121398874,'acme-tel','ca_list_refreshed','acme-tel',NULL,'sequence 2, 1 roots');
INSERT INTO "event" VALUES(1,9,1767603480441839390,'beta-voice','crl_refreshed','beta-voice',NULL,'0 entries');
INSERT INTO "event" VALUES(1,10,1767603480442766390,'beta-voice','ca_list_refreshed','beta-voice',NULL,'sequence 2, 1 roots');
INSERT INTO "event" VALUES(1,11,1767603600000000000,'director','story_began','first-call',NULL,NULL);
CREATE TABLE expectation (
  run       INTEGER NOT NULL REFERENCES run (number),
  position  INTEGER NOT NULL,
  id        TEXT    NOT NULL,
  text      TEXT    NOT NULL,
  met       INTEGER NOT NULL CHECK (met IN (0, 1)),
  expected  TEXT    NOT NULL,
  actual    TEXT    NOT NULL,
  file      TEXT,
  line      INTEGER CHECK (line > 0),
  PRIMARY KEY (run, position),
  UNIQUE (run, id)
) STRICT, WITHOUT ROWID;
INSERT INTO "expectation" VALUES(1,1,'honest-calls-pass','{id: honest-calls-pass, calls_from: acme-tel, passed: 100%}',1,'passed = 100%','passed 21 of 21 (100%)','first-call',30);
INSERT INTO "expectation" VALUES(1,2,'unsigned-calls-have-no-verdict','{id: unsigned-calls-have-no-verdict, calls_from: mallory, before: 35s, unverified: 100%}',1,'unverified = 100%','unverified 3 of 3 (100%)','first-call',31);
INSERT INTO "expectation" VALUES(1,3,'a-foreign-ca-is-refused','{id: a-foreign-ca-is-refused, calls_from: mallory, after: 35s, failed_at: chain_is_trusted, exactly: 3}',1,'failed = 3','failed 3 of 3 (100%)','first-call',32);
INSERT INTO "expectation" VALUES(1,4,'the-second-call-needs-no-fetch','{id: the-second-call-needs-no-fetch, metric: certificate_fetches, of: beta-voice, at_most: 2}',1,'<= 2','2','first-call',33);
INSERT INTO "expectation" VALUES(1,5,'nobody-waits-long','{id: nobody-waits-long, metric: post_dial_delay, of: acme-tel, p99: 500ms}',1,'p99 <= 500ms','p99 303.935ms','first-call',34);
CREATE TABLE fetch (
  run         INTEGER NOT NULL REFERENCES run (number),
  number      INTEGER NOT NULL,
  actor       TEXT    NOT NULL,                    -- who asked
  call_id     TEXT,                                -- call.id of the call that waited for it
  what        TEXT    NOT NULL,                    -- 'certificate', 'crl', 'ca_list', 'origin'
  url         TEXT    NOT NULL,
  edge        TEXT,                                -- who answered
  result      TEXT    NOT NULL CHECK (
                result = 'hit' OR result = 'stale' OR result = 'miss' OR result = 'error'),
  status      INTEGER CHECK (status BETWEEN 100 AND 599),
  ended_ns    INTEGER NOT NULL,
  latency_ns  INTEGER NOT NULL,
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
INSERT INTO "fetch" VALUES(1,1,'acme-tel/edge-us-east',NULL,'origin','https://origin.acme-tel.test/709J/1.pem',NULL,'miss',200,1767603481713653563,6003006);
INSERT INTO "fetch" VALUES(1,2,'acme-tel/edge-us-west',NULL,'origin','https://origin.acme-tel.test/709J/1.pem',NULL,'miss',200,1767603600541511559,198004264);
INSERT INTO "fetch" VALUES(1,3,'beta-voice','acme-tel.0.0','certificate','https://cr.acme-tel.test/709J/1.pem','acme-tel/edge-us-west','miss',200,1767603600542512103,204007007);
INSERT INTO "fetch" VALUES(1,4,'beta-voice','mallory.x1.0','certificate','https://mallory.test/709J.pem',NULL,'miss',200,1767603640837854382,198002991);
CREATE TABLE issuance (
  run           INTEGER NOT NULL REFERENCES run (number),
  number        INTEGER NOT NULL,
  provider      TEXT    NOT NULL,
  ca            TEXT    NOT NULL,
  because       TEXT    NOT NULL,                  -- 'first', 'renewal', 'compromise', ...
  issued        INTEGER NOT NULL CHECK (issued IN (0, 1)),
  error         TEXT,
  fingerprint   TEXT,
  url           TEXT,                              -- where it was published
  new_key       INTEGER NOT NULL CHECK (new_key IN (0, 1)),
  started_ns    INTEGER NOT NULL,
  published_ns  INTEGER,
  used_from_ns  INTEGER,                           -- signing switched to it
  ended_ns      INTEGER NOT NULL,
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
INSERT INTO "issuance" VALUES(1,1,'acme-tel','ca-one','first',1,NULL,'f3accaee1c38ba0ced2b4e44c72d2140bb1e99eb2c1d668470e8b5ef51a68e24','https://cr.acme-tel.test/709J/1.pem',1,1767603480109286736,1767603481702647516,1767603481714654259,1767603481714654259);
INSERT INTO "issuance" VALUES(1,2,'beta-voice','ca-one','first',1,NULL,'9567483b04287ec567ec343ab3310c3bab7682124eeee5427302bbf1840c69f4','https://cr.beta-voice.test/818H/1.pem',1,1767603480109286736,1767603481789466360,1767603481791466732,1767603481791466732);
CREATE TABLE participant (
  run     INTEGER NOT NULL REFERENCES run (number),
  name    TEXT    NOT NULL,
  role    TEXT    NOT NULL CHECK (role IN (
            'policy_administrator', 'certification_authority', 'repository', 'cdn_edge', 'provider',
            'transit', 'master_key_service', 'enterprise', 'adversary', 'transparency_log',
            'call_placement_service', 'external')),
  region  TEXT,
  detail  TEXT,
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
INSERT INTO "participant" VALUES(1,'acme-tel','provider','us-east','spc 709J, keys memory, certificates from ca-one, policy rfc8224');
INSERT INTO "participant" VALUES(1,'acme-tel/edge-us-central','cdn_edge','us-central',NULL);
INSERT INTO "participant" VALUES(1,'acme-tel/edge-us-east','cdn_edge','us-east',NULL);
INSERT INTO "participant" VALUES(1,'acme-tel/edge-us-west','cdn_edge','us-west',NULL);
INSERT INTO "participant" VALUES(1,'acme-tel/origin','repository',NULL,'https://cr.acme-tel.test');
INSERT INTO "participant" VALUES(1,'beta-voice','provider','us-west','spc 818H, keys memory, certificates from ca-one, policy rfc8224');
INSERT INTO "participant" VALUES(1,'beta-voice/origin','repository',NULL,'https://cr.beta-voice.test');
INSERT INTO "participant" VALUES(1,'ca-one','certification_authority','us-central','listed');
INSERT INTO "participant" VALUES(1,'mallory','adversary',NULL,NULL);
INSERT INTO "participant" VALUES(1,'policy-administrator','policy_administrator','us-east',NULL);
CREATE TABLE revocation (
  run           INTEGER NOT NULL REFERENCES run (number),
  number        INTEGER NOT NULL,
  fingerprint   TEXT,
  issuer        TEXT    NOT NULL,
  serial        TEXT    NOT NULL,
  reason        TEXT,                              -- RFC 5280 §5.3.1
  reported_by   TEXT,
  reported_ns   INTEGER NOT NULL,
  published_ns  INTEGER NOT NULL,
  crl_number    INTEGER NOT NULL,
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE run (
  number            INTEGER PRIMARY KEY,
  id                TEXT    NOT NULL UNIQUE,       -- 'rotation-1': what people call it
  scenario          TEXT    NOT NULL,              -- its name
  scenario_file     TEXT    NOT NULL,              -- as the user named it
  scenario_text     TEXT    NOT NULL,              -- the YAML, byte for byte
  scenario_sha256   TEXT    NOT NULL,
  question          TEXT    NOT NULL,
  clock             TEXT    NOT NULL CHECK (clock IN ('virtual', 'wall')),
  seed              TEXT    NOT NULL CHECK (seed NOT GLOB '*[^0-9]*'),  -- 64 bits, unsigned
  shuffle_ties      TEXT    CHECK (shuffle_ties NOT GLOB '*[^0-9]*'),   -- NULL: not shuffled
  overrides         TEXT    NOT NULL CHECK (json_valid(overrides)),     -- [["path", "value"], ...]
  costs             TEXT    NOT NULL CHECK (json_valid(costs)),         -- modelled service times
  version           TEXT    NOT NULL,              -- of shakedown
  openssl_version   TEXT    NOT NULL,              -- the artefact digest holds for it alone
  host              TEXT    NOT NULL,
  started_ns        INTEGER NOT NULL,              -- the machine's clock
  ended_ns          INTEGER,                       -- the machine's clock
  epoch_ns          INTEGER NOT NULL,              -- where the world began
  world_ended_ns    INTEGER,                       -- where it stopped
  state             TEXT    NOT NULL
                    CHECK (state IN ('unfinished', 'finished', 'interrupted', 'failed')),
  end_detail        TEXT,                          -- why it failed or was interrupted
  outcome_digest    TEXT,                          -- who, when, what, why: equal on every machine
  artefact_digest   TEXT,                          -- and the bytes: equal for one OpenSSL version
  calls             INTEGER NOT NULL DEFAULT 0,    -- these totals are written at the end
  calls_passed      INTEGER NOT NULL DEFAULT 0,
  calls_failed      INTEGER NOT NULL DEFAULT 0,
  calls_unverified  INTEGER NOT NULL DEFAULT 0,
  verifications     INTEGER NOT NULL DEFAULT 0,
  fetches           INTEGER NOT NULL DEFAULT 0,
  late_answers      INTEGER NOT NULL DEFAULT 0,    -- came after their exchange had timed out
  refused_handlers  INTEGER NOT NULL DEFAULT 0,    -- answered 503 by a full pool: a harness fault
  events            INTEGER NOT NULL DEFAULT 0,    -- processed by the world
  lag_p99_ns        INTEGER NOT NULL DEFAULT 0,    -- wall clock: how late waits ended
  blocked           TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(blocked))  -- waited for ever
) STRICT;
INSERT INTO "run" VALUES(1,'first-call-1','first-call','first-call','# yaml-language-server: $schema=https://shakedown.invalid/scenario.schema.json
scenario: first-call
question: Does a signed call from one provider verify at another, and what fails when it is not what it claims?
epoch: 2026-01-05T09:00:00Z
seed: 1
ecosystem:
  cas:
    - {name: ca-one, region: us-central}
  providers:
    - name: acme-tel
      spc: "709J"
      region: us-east
      numbers: ["+1201555"]
      ca: ca-one
      repository: {cdn: coast-to-coast}
    - name: beta-voice
      spc: "818H"
      region: us-west
      numbers: ["+1415555"]
      ca: ca-one
      verify: {policy: rfc8224, cache: http, revocation: {crl: {refresh: 12h}}}
traffic:
  - {id: first, from: acme-tel, to: beta-voice, count: 1, start: 0s, for: 1s}
  - {id: more, from: acme-tel, to: beta-voice, rate: 1/s, start: 5s, for: 20s}
timeline:
  # Mallory has no credentials for this network: an unsigned call, and one under a CA of her own.
  - {at: 30s, do: call, from: mallory, as: acme-tel, to: beta-voice, count: 3, for: 3s, with: no_identity}
  - {at: 40s, do: call, from: mallory, as: acme-tel, to: beta-voice, count: 3, for: 3s, with: own_ca}
expect:
  - {id: honest-calls-pass, calls_from: acme-tel, passed: 100%}
  - {id: unsigned-calls-have-no-verdict, calls_from: mallory, before: 35s, unverified: 100%}
  - {id: a-foreign-ca-is-refused, calls_from: mallory, after: 35s, failed_at: chain_is_trusted, exactly: 3}
  - {id: the-second-call-needs-no-fetch, metric: certificate_fetches, of: beta-voice, at_most: 2}
  - {id: nobody-waits-long, metric: post_dial_delay, of: acme-tel, p99: 500ms}
','8da497d31b90fcaf64db5055f71433c75b63e3c6a2b82f7e071b71408b171a5e','Does a signed call from one provider verify at another, and what fails when it is not what it claims?','virtual','1',NULL,'[]','{
  "generate_key": "36us",
  "sign": "29us",
  "verify_signature": "87us",
  "issue_certificate": "500us",
  "decode_certificates": "590us",
  "validate_chain": "250us",
  "build_crl": "600us",
  "read_crl": "530us",
  "encrypt": "1us",
  "decrypt": "1us",
  "hsm_sign": "70us",
  "hsm_unwrap": "20us",
  "hsm_generate_key": "140us"
}
','0.1.0','OpenSSL 3.0.19 27 Jan 2026','x86_64, 2 cores, Linux 6.18.44-fc-v782',1795976924465078213,1795976924549739244,1767603600000000000,1767603703000000000,'finished',NULL,'dcd07d38de5bc2877953f0391150647a5785cade67c04a5f3e3b5797befb73d7','10283d358e639398d263729325200e1fe1aa52303abe84a11c29a137fe86b168',27,21,3,3,27,4,0,0,440,0,'[]');
CREATE TABLE signer (
  number       INTEGER PRIMARY KEY,
  x5u          TEXT    NOT NULL,
  certificate  TEXT    NOT NULL,                   -- SHA-256 of its DER
  issuer_root  TEXT    NOT NULL,                   -- the STI-CA whose root ended the path
  UNIQUE (x5u, certificate, issuer_root)
) STRICT;
INSERT INTO "signer" VALUES(1,'https://cr.acme-tel.test/709J/1.pem','f3accaee1c38ba0ced2b4e44c72d2140bb1e99eb2c1d668470e8b5ef51a68e24','Ca One SHAKEN ROOT CA');
INSERT INTO "signer" VALUES(2,'https://mallory.test/709J.pem','6727a9d24d295184d94c8025fce4d36b8445ca50c149dea1deaae9ad99dcad29','');
CREATE TABLE trace_shape (
  number  INTEGER PRIMARY KEY,
  steps   TEXT    NOT NULL UNIQUE CHECK (json_valid(steps))
) STRICT;
INSERT INTO "trace_shape" VALUES(1,'[["identity_present","passed"],["identity_well_formed","passed"],["ppt_is_supported","passed"],["full_form_is_used","passed"],["info_is_a_uri","passed"],["passport_header_well_formed","passed"],["passport_header_complete","passed"],["algorithm_is_es256","passed"],["typ_is_passport","passed"],["ppt_matches","passed"],["alg_matches","passed"],["info_matches_x5u","passed"],["claims_well_formed","passed"],["attest_is_valid","passed"],["origid_is_uuid","passed"],["passport_is_canonical","passed"],["date_is_well_formed","passed"],["date_is_fresh","passed"],["iat_is_fresh","passed"],["orig_matches","passed"],["dest_matches","passed"],["x5u_url_is_allowed","passed"],["certificate_fetched","passed"],["certificate_parses","passed"],["chain_is_trusted","passed"],["certificate_profile","passed"],["spc_is_present","passed"],["claim_constraints_hold","passed"],["orig_is_covered","passed"],["not_revoked","passed"],["signed_within_validity","passed"],["signature_verifies","passed"]]');
INSERT INTO "trace_shape" VALUES(2,'[["identity_present","failed"]]');
INSERT INTO "trace_shape" VALUES(3,'[["identity_present","passed"],["identity_well_formed","passed"],["ppt_is_supported","passed"],["full_form_is_used","passed"],["info_is_a_uri","passed"],["passport_header_well_formed","passed"],["passport_header_complete","passed"],["algorithm_is_es256","passed"],["typ_is_passport","passed"],["ppt_matches","passed"],["alg_matches","passed"],["info_matches_x5u","passed"],["claims_well_formed","passed"],["attest_is_valid","passed"],["origid_is_uuid","passed"],["passport_is_canonical","passed"],["date_is_well_formed","passed"],["date_is_fresh","passed"],["iat_is_fresh","passed"],["orig_matches","passed"],["dest_matches","passed"],["x5u_url_is_allowed","passed"],["certificate_fetched","passed"],["certificate_parses","passed"],["chain_is_trusted","failed"]]');
CREATE TABLE verification (
  number             INTEGER PRIMARY KEY,          -- counts those of the database
  run                INTEGER NOT NULL REFERENCES run (number),
  call               INTEGER REFERENCES call (number),  -- NULL: a request that came from outside
  unmatched_call_id  TEXT,                         -- of a call whose end was not recorded
  verifier           TEXT    NOT NULL,             -- the actor
  profile            TEXT    NOT NULL,
  verstat            TEXT    NOT NULL CHECK (
                       verstat = 'TN-Validation-Passed' OR verstat = 'TN-Validation-Failed' OR
                       verstat = 'No-TN-Validation' OR verstat = 'other'),
  code               INTEGER CHECK (code BETWEEN 100 AND 699),
  reason             TEXT,                         -- the phrase that goes with the code
  failed_step        TEXT,
  detail             TEXT,                         -- why, for a person
  signer             INTEGER,                      -- signer.number
  attest             TEXT    CHECK (length(attest) = 1),
  started_ns         INTEGER NOT NULL,
  latency_ns         INTEGER NOT NULL,             -- request to answer, verification service
  trace_shape        INTEGER,                      -- trace_shape.number; NULL: no trace
  trace              TEXT    NOT NULL
) STRICT;
INSERT INTO "verification" VALUES(1,1,1,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603600338505096,204934007,1,'[[22,0,204597007],[24,204597007,250000],[31,204847007,87000]]');
INSERT INTO "verification" VALUES(2,1,2,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603605565237430,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(3,1,3,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603606873638634,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(4,1,4,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603607885544280,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(5,1,5,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603608314085415,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(6,1,6,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603609055649298,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(7,1,7,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603610803109524,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(8,1,8,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603611584073644,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(9,1,9,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603612890709497,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(10,1,10,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603613513890854,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(11,1,11,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603614562190172,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(12,1,12,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603615488171576,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(13,1,13,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603616067427396,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(14,1,14,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603617703195705,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(15,1,15,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603618952078027,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(16,1,16,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603619146149913,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(17,1,17,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603620461910549,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(18,1,18,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603621425837741,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(19,1,19,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603622874058448,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(20,1,20,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603623474727557,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(21,1,21,NULL,'beta-voice','rfc8224','TN-Validation-Passed',NULL,NULL,NULL,NULL,1,'A',1767603624479176466,87000,1,'[[31,0,87000]]');
INSERT INTO "verification" VALUES(22,1,22,NULL,'beta-voice','rfc8224','No-TN-Validation',NULL,NULL,'identity_present','no Identity header field',NULL,NULL,1767603631079968933,0,2,'[]');
INSERT INTO "verification" VALUES(23,1,23,NULL,'beta-voice','rfc8224','No-TN-Validation',NULL,NULL,'identity_present','no Identity header field',NULL,NULL,1767603631516041719,0,2,'[]');
INSERT INTO "verification" VALUES(24,1,24,NULL,'beta-voice','rfc8224','No-TN-Validation',NULL,NULL,'identity_present','no Identity header field',NULL,NULL,1767603632699689228,0,2,'[]');
INSERT INTO "verification" VALUES(25,1,25,NULL,'beta-voice','rfc8224','TN-Validation-Failed',437,'Unsupported Credential','chain_is_trusted','path_untrusted_root: self-signed certificate in certificate chain (CN=Rogue CA SHAKEN ROOT CA,O=Rogue CA (TEST - NOT TRUSTED),C=US)',2,'A',1767603640639851391,198842991,3,'[[22,0,198592991],[24,198592991,250000]]');
INSERT INTO "verification" VALUES(26,1,26,NULL,'beta-voice','rfc8224','TN-Validation-Failed',437,'Unsupported Credential','chain_is_trusted','path_untrusted_root: self-signed certificate in certificate chain (CN=Rogue CA SHAKEN ROOT CA,O=Rogue CA (TEST - NOT TRUSTED),C=US)',2,'A',1767603641144293686,0,3,'[]');
INSERT INTO "verification" VALUES(27,1,27,NULL,'beta-voice','rfc8224','TN-Validation-Failed',437,'Unsupported Credential','chain_is_trusted','path_untrusted_root: self-signed certificate in certificate chain (CN=Rogue CA SHAKEN ROOT CA,O=Rogue CA (TEST - NOT TRUSTED),C=US)',2,'A',1767603642284273549,0,3,'[]');
CREATE VIEW call_detail AS
SELECT c.run, c.number AS call, c.id, c.originating, c.claims_to_be, c.terminating,
       c.calling_number, c.called_number, c.via, c.attest, c.outcome, c.sip_status,
       c.placed_ns, c.recorded_ns, c.signing_latency_ns, c.post_dial_delay_ns, c.signing_error,
       v.number AS verification, v.verifier, v.profile, v.verstat, v.code, v.reason,
       v.failed_step, v.detail, s.x5u, s.certificate, s.issuer_root,
       v.latency_ns AS verification_latency_ns
FROM call AS c
LEFT JOIN verification AS v ON v.number = c.verification
LEFT JOIN signer AS s ON s.number = v.signer;
CREATE VIEW interop_matrix AS
SELECT run, originating, claims_to_be, terminating,
       count(*) AS calls,
       count(*) FILTER (WHERE outcome = 'passed') AS passed,
       count(*) FILTER (WHERE outcome = 'failed') AS failed,
       count(*) FILTER (WHERE outcome = 'unverified') AS unverified,
       round(100.0 * count(*) FILTER (WHERE outcome = 'passed') / count(*), 2) AS passed_percent
FROM call
GROUP BY run, originating, claims_to_be, terminating;
CREATE VIEW signing_latency AS
WITH ranked AS (
  SELECT run, originating, terminating, signing_latency_ns AS ns,
         row_number() OVER (PARTITION BY run, originating, terminating
                            ORDER BY signing_latency_ns) AS rank,
         count(*) OVER (PARTITION BY run, originating, terminating) AS calls
  FROM call
  WHERE signing_latency_ns IS NOT NULL)
SELECT run, originating, terminating, calls,
       max(ns) FILTER (WHERE rank = (50 * calls + 99) / 100) AS p50_ns,
       max(ns) FILTER (WHERE rank = (95 * calls + 99) / 100) AS p95_ns,
       max(ns) FILTER (WHERE rank = (99 * calls + 99) / 100) AS p99_ns,
       max(ns) AS max_ns
FROM ranked
GROUP BY run, originating, terminating;
CREATE VIEW verification_latency AS
WITH ranked AS (
  SELECT run, originating, terminating, verification_latency_ns AS ns,
         row_number() OVER (PARTITION BY run, originating, terminating
                            ORDER BY verification_latency_ns) AS rank,
         count(*) OVER (PARTITION BY run, originating, terminating) AS calls
  FROM call_detail
  WHERE verification_latency_ns IS NOT NULL)
SELECT run, originating, terminating, calls,
       max(ns) FILTER (WHERE rank = (50 * calls + 99) / 100) AS p50_ns,
       max(ns) FILTER (WHERE rank = (95 * calls + 99) / 100) AS p95_ns,
       max(ns) FILTER (WHERE rank = (99 * calls + 99) / 100) AS p99_ns,
       max(ns) AS max_ns
FROM ranked
GROUP BY run, originating, terminating;
CREATE VIEW exposure AS
WITH theft AS (
  SELECT run, done_by AS thief, subject AS victim, min(at_ns) AS stolen_ns
  FROM event
  WHERE kind = 'key_stolen' AND done_by IS NOT NULL
  GROUP BY run, done_by, subject)
SELECT t.run, t.thief, t.victim, t.stolen_ns,
       max(c.placed_ns) FILTER (WHERE c.outcome = 'passed') AS last_passed_ns,
       coalesce(max(c.placed_ns) FILTER (WHERE c.outcome = 'passed') - t.stolen_ns, 0)
         AS exposed_ns,
       count(c.number) FILTER (WHERE c.outcome = 'passed') AS passed,
       count(c.number) AS attempted
FROM theft AS t
LEFT JOIN call AS c ON c.run = t.run AND c.originating = t.thief AND c.claims_to_be = t.victim
                   AND c.placed_ns >= t.stolen_ns
GROUP BY t.run, t.thief, t.victim;
CREATE VIEW affected_by_ca AS
WITH RECURSIVE reliant (run, ca, fingerprint, kind, holder, from_ns, until_ns) AS (
  SELECT run, ca, fingerprint, kind, issued_to, not_before_ns, not_after_ns
  FROM certificate
  WHERE kind IN ('end_entity', 'delegate_ca')
  UNION
  SELECT c.run, r.ca, c.fingerprint, c.kind, c.issued_to, c.not_before_ns, c.not_after_ns
  FROM reliant AS r
  JOIN certificate AS c ON c.run = r.run AND c.ca = r.holder
  WHERE r.kind = 'delegate_ca' AND c.kind IN ('delegate', 'delegate_ca'))
SELECT run, ca, 'certificate' AS what, fingerprint AS id, holder, from_ns, until_ns
FROM reliant
UNION ALL
SELECT run, ca, 'provider', holder, holder, min(from_ns), max(until_ns)
FROM reliant
GROUP BY run, ca, holder
UNION ALL
SELECT c.run, r.ca, 'call', c.id, c.claims_to_be, c.placed_ns, c.recorded_ns
FROM reliant AS r
JOIN signer AS s ON s.certificate = r.fingerprint
JOIN verification AS v ON v.run = r.run AND v.signer = s.number
JOIN call AS c ON c.number = v.call
GROUP BY r.ca, c.number;
CREATE VIEW trace_step AS
SELECT v.run, v.call, v.number AS verification, v.verifier,
       shape.key + 1 AS position,
       shape.value ->> 0 AS step,
       shape.value ->> 1 AS result,
       CASE WHEN shape.value ->> 1 = 'skipped' THEN NULL
            ELSE coalesce(
              own.value ->> 1,
              (SELECT (e.value ->> 1) + (e.value ->> 2) FROM json_each(v.trace) AS e
               WHERE e.value ->> 0 < shape.key ORDER BY e.key DESC LIMIT 1),
              0)
       END AS started_ns,
       CASE WHEN shape.value ->> 1 = 'skipped' THEN NULL
            ELSE coalesce(own.value ->> 2, 0)
       END AS took_ns
FROM verification AS v
JOIN trace_shape AS t ON t.number = v.trace_shape
JOIN json_each(t.steps) AS shape
LEFT JOIN json_each(v.trace) AS own ON own.value ->> 0 = shape.key;
COMMIT;
