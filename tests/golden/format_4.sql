-- What deltasweep made as format 4, without comments, with made-up rows: a value of its own in nearly every column.
BEGIN;
CREATE TABLE sweeps (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE,
    file      TEXT NOT NULL,
    content   TEXT NOT NULL,
    created   TEXT NOT NULL,
    updated   TEXT NOT NULL
) STRICT;
INSERT INTO sweeps VALUES(1,'sweep 1','file-101','content-102','created-103','updated-104');
INSERT INTO sweeps VALUES(2,'sweep 2','file-105','content-106','created-107','updated-108');
CREATE TABLE points (
    id                  INTEGER PRIMARY KEY,
    digest              TEXT NOT NULL UNIQUE,
    point               TEXT NOT NULL,
    dataset             TEXT NOT NULL,
    network             TEXT NOT NULL,
    train_mode          TEXT NOT NULL,
    epochs              INTEGER NOT NULL,
    batch               INTEGER NOT NULL,
    optimiser           TEXT NOT NULL,
    lr                  REAL NOT NULL,
    lr_decay            TEXT NOT NULL,
    shuffle             INTEGER NOT NULL,
    scheme              TEXT NOT NULL,
    reference           TEXT,
    span                TEXT,
    codec               TEXT,
    rounding            TEXT,
    weight_bits         INTEGER,
    frac_bits           INTEGER,
    delta_bits          INTEGER,
    delta_offset        INTEGER,
    parallelism         INTEGER,
    multiplier          TEXT,
    operator_inputs     INTEGER,
    device              TEXT NOT NULL,
    weights             INTEGER NOT NULL,
    weight_storage_bits INTEGER NOT NULL,
    compression_ratio   REAL NOT NULL,
    build_job           TEXT REFERENCES jobs (digest),
    synth_job           TEXT REFERENCES jobs (digest),
    engine              TEXT,
    dsp_lanes           INTEGER,
    weight_memory       TEXT,
    macs                INTEGER,
    bucket              INTEGER,
    step                TEXT,
    frac_bits_layers    TEXT,
    delta_bits_layers   TEXT,
    delta_offset_layers TEXT,
    warmup              REAL NOT NULL DEFAULT 0,
    weight_decay        REAL NOT NULL DEFAULT 0,
    smoothing           REAL NOT NULL DEFAULT 0,
    clamp_gradient      TEXT NOT NULL DEFAULT 'paper',
    average             REAL NOT NULL DEFAULT 0,
    patience            INTEGER NOT NULL DEFAULT 0,
    mirror              INTEGER NOT NULL DEFAULT 0,
    gradients           TEXT NOT NULL DEFAULT 'auto',
    loaded              TEXT
) STRICT;
INSERT INTO points VALUES(1,'1111111111111111111111111111111111111111111111111111111111111111','1111111111','dataset-129','network-130','train_mode-131',132,133,'optimiser-134',135.125,'lr_decay-136',1,'consecutive','reference-138','span-139','codec-140','rounding-141',142,143,144,145,8,'multiplier-146',96,'xc7s15',147,148,149.125,'build-1','synth-1','operator',NULL,NULL,150,151,'step-152','frac_bits_layers-153','delta_bits_layers-154','delta_offset_layers-155',156.12499999999999999,157.12499999999999999,158.12499999999999999,'clamp_gradient-159',160.125,161,0,'gradients-163','loaded-164');
INSERT INTO points VALUES(2,'2222222222222222222222222222222222222222222222222222222222222222','2222222222','dataset-219','network-220','train_mode-221',222,223,'optimiser-224',225.125,'lr_decay-226',1,'fixed-reference','reference-228','span-229','codec-230','rounding-231',232,233,234,235,32,NULL,NULL,'xc7s15',82048,236,237.12499999999999999,'build-2','synth-2','accelerator',238,'weight_memory-239',240,241,'step-242','frac_bits_layers-243','delta_bits_layers-244','delta_offset_layers-245',246.125,247.125,248.125,'clamp_gradient-249',250.125,251,0,'gradients-253','loaded-254');
INSERT INTO points VALUES(3,'3333333333333333333333333333333333333333333333333333333333333333','3333333333','dataset-338','network-339','train_mode-340',341,342,'optimiser-343',344.125,'lr_decay-345',0,'float',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'xc7s15',347,348,349.125,NULL,NULL,NULL,NULL,NULL,350,NULL,NULL,NULL,NULL,NULL,351.125,352.125,353.125,'clamp_gradient-354',355.12499999999999999,356,1,'gradients-358',NULL);
INSERT INTO points VALUES(4,'4444444444444444444444444444444444444444444444444444444444444444','4444444444','dataset-379','network-380','train_mode-381',382,383,'optimiser-384',385.12499999999999998,'lr_decay-386',1,'consecutive','reference-388','span-389','codec-390','rounding-391',392,393,394,395,8,'multiplier-396',96,'xc7s15',397,398,399.125,'build-4','synth-4','operator',NULL,NULL,400,401,'step-402','frac_bits_layers-403','delta_bits_layers-404','delta_offset_layers-405',406.12500000000000001,407.12499999999999999,408.12500000000000001,'clamp_gradient-409',410.12500000000000001,411,0,'gradients-413','loaded-414');
INSERT INTO points VALUES(5,'5555555555555555555555555555555555555555555555555555555555555555','5555555555','dataset-449','network-450','train_mode-451',452,453,'optimiser-454',455.12499999999999999,'lr_decay-456',1,'consecutive','reference-458','span-459','codec-460','rounding-461',462,463,464,465,8,'multiplier-466',96,'xc7s15',467,468,469.12499999999999998,'build-5','synth-5','operator',NULL,NULL,470,471,'step-472','frac_bits_layers-473','delta_bits_layers-474','delta_offset_layers-475',476.125,477.12499999999999997,478.125,'clamp_gradient-479',480.12499999999999999,481,0,'gradients-483','loaded-484');
CREATE TABLE runs (
    id        INTEGER PRIMARY KEY,
    sweep     INTEGER NOT NULL REFERENCES sweeps (id),
    point     INTEGER NOT NULL REFERENCES points (id),
    seed      INTEGER,
    train_job TEXT REFERENCES jobs (digest),
    check_job TEXT REFERENCES jobs (digest),
    created   TEXT NOT NULL
) STRICT;
INSERT INTO runs VALUES(1,1,1,0,'train-1-0','check-1-0','created-570');
INSERT INTO runs VALUES(2,1,1,1,'train-1-1','check-1-1','created-622');
INSERT INTO runs VALUES(3,1,1,2,'train-1-2','check-1-2','created-674');
INSERT INTO runs VALUES(4,1,2,0,'train-2-0','check-2-0','created-724');
INSERT INTO runs VALUES(5,1,2,1,'train-2-1','check-2-1','created-774');
INSERT INTO runs VALUES(6,1,2,2,'train-2-2','check-2-2','created-824');
INSERT INTO runs VALUES(7,1,3,0,'train-3-0',NULL,'created-851');
INSERT INTO runs VALUES(8,1,3,1,'train-3-1',NULL,'created-878');
INSERT INTO runs VALUES(9,1,3,2,'train-3-2',NULL,'created-905');
INSERT INTO runs VALUES(10,1,4,NULL,NULL,NULL,'created-906');
INSERT INTO runs VALUES(11,1,5,0,'train-5-0','check-5-0','created-958');
INSERT INTO runs VALUES(12,1,5,1,'train-5-1','check-5-1','created-1010');
INSERT INTO runs VALUES(13,1,5,2,'train-5-2','check-5-2','created-1062');
INSERT INTO runs VALUES(14,2,1,0,'train-1-0','check-1-0','created-1063');
INSERT INTO runs VALUES(15,2,2,0,'train-2-0','check-2-0','created-1064');
INSERT INTO runs VALUES(16,2,3,0,'train-3-0',NULL,'created-1065');
INSERT INTO runs VALUES(17,2,4,NULL,NULL,NULL,'created-1066');
INSERT INTO runs VALUES(18,2,5,0,'train-5-0','check-5-0','created-1067');
CREATE TABLE jobs (
    digest       TEXT PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('train', 'build', 'check', 'synth')),
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
    label        TEXT NOT NULL,
    completions  INTEGER NOT NULL DEFAULT 0 CHECK (completions <= 1),
    attempts     INTEGER NOT NULL DEFAULT 0,
    started      TEXT,
    finished     TEXT,
    seconds      REAL,
    message      TEXT,
    git_revision TEXT,
    tools        TEXT,
    rtl_digest   TEXT,
    host         TEXT,
    final        INTEGER NOT NULL DEFAULT 0 CHECK (final IN (0, 1))
) STRICT;
INSERT INTO jobs VALUES('build-1','build','done','label-109',1,110,'started-111','finished-112',113.125,'message-114','git_revision-115','tools-116','rtl_digest-117','host-118',0);
INSERT INTO jobs VALUES('synth-1','synth','done','label-119',1,120,'started-121','finished-122',123.125,'message-124','git_revision-125','tools-126','rtl_digest-127','host-128',0);
INSERT INTO jobs VALUES('build-2','build','done','label-199',1,200,'started-201','finished-202',203.125,'message-204','git_revision-205','tools-206','rtl_digest-207','host-208',0);
INSERT INTO jobs VALUES('synth-2','synth','done','label-209',1,210,'started-211','finished-212',213.12499999999999999,'message-214','git_revision-215','tools-216','rtl_digest-217','host-218',0);
INSERT INTO jobs VALUES('build-4','build','done','label-359',1,360,'started-361','finished-362',363.12499999999999999,'message-364','git_revision-365','tools-366','rtl_digest-367','host-368',0);
INSERT INTO jobs VALUES('synth-4','synth','done','label-369',1,370,'started-371','finished-372',373.125,'message-374','git_revision-375','tools-376','rtl_digest-377','host-378',0);
INSERT INTO jobs VALUES('build-5','build','done','label-429',1,430,'started-431','finished-432',433.12500000000000001,'message-434','git_revision-435','tools-436','rtl_digest-437','host-438',0);
INSERT INTO jobs VALUES('synth-5','synth','done','label-439',1,440,'started-441','finished-442',443.125,'message-444','git_revision-445','tools-446','rtl_digest-447','host-448',0);
INSERT INTO jobs VALUES('train-1-0','train','done','label-519',1,520,'started-521','finished-522',523.12499999999999998,'message-524','git_revision-525','tools-526','rtl_digest-527','host-528',0);
INSERT INTO jobs VALUES('check-1-0','check','done','label-548',1,549,'started-550','finished-551',552.12499999999999997,'message-553','git_revision-554','tools-555','rtl_digest-556','host-557',0);
INSERT INTO jobs VALUES('train-1-1','train','done','label-571',1,572,'started-573','finished-574',575.12499999999999998,'message-576','git_revision-577','tools-578','rtl_digest-579','host-580',0);
INSERT INTO jobs VALUES('check-1-1','check','done','label-600',1,601,'started-602','finished-603',604.12500000000000002,'message-605','git_revision-606','tools-607','rtl_digest-608','host-609',0);
INSERT INTO jobs VALUES('train-1-2','train','done','label-623',1,624,'started-625','finished-626',627.12499999999999997,'message-628','git_revision-629','tools-630','rtl_digest-631','host-632',0);
INSERT INTO jobs VALUES('check-1-2','check','done','label-652',1,653,'started-654','finished-655',656.12500000000000001,'message-657','git_revision-658','tools-659','rtl_digest-660','host-661',0);
INSERT INTO jobs VALUES('train-2-0','train','done','label-675',1,676,'started-677','finished-678',679.12500000000000002,'message-680','git_revision-681','tools-682','rtl_digest-683','host-684',0);
INSERT INTO jobs VALUES('check-2-0','check','done','label-704',1,705,'started-706','finished-707',708.12500000000000001,'message-709','git_revision-710','tools-711','rtl_digest-712','host-713',0);
INSERT INTO jobs VALUES('train-2-1','train','done','label-725',1,726,'started-727','finished-728',729.12500000000000002,'message-730','git_revision-731','tools-732','rtl_digest-733','host-734',0);
INSERT INTO jobs VALUES('check-2-1','check','done','label-754',1,755,'started-756','finished-757',758.12500000000000001,'message-759','git_revision-760','tools-761','rtl_digest-762','host-763',0);
INSERT INTO jobs VALUES('train-2-2','train','done','label-775',1,776,'started-777','finished-778',779.12500000000000002,'message-780','git_revision-781','tools-782','rtl_digest-783','host-784',0);
INSERT INTO jobs VALUES('check-2-2','check','done','label-804',1,805,'started-806','finished-807',808.12500000000000001,'message-809','git_revision-810','tools-811','rtl_digest-812','host-813',0);
INSERT INTO jobs VALUES('train-3-0','train','done','label-825',1,826,'started-827','finished-828',829.12500000000000002,'message-830','git_revision-831','tools-832','rtl_digest-833','host-834',0);
INSERT INTO jobs VALUES('train-3-1','train','done','label-852',1,853,'started-854','finished-855',856.12499999999999997,'message-857','git_revision-858','tools-859','rtl_digest-860','host-861',0);
INSERT INTO jobs VALUES('train-3-2','train','done','label-879',1,880,'started-881','finished-882',883.12500000000000001,'message-884','git_revision-885','tools-886','rtl_digest-887','host-888',0);
INSERT INTO jobs VALUES('train-5-0','train','done','label-907',1,908,'started-909','finished-910',911.12499999999999999,'message-912','git_revision-913','tools-914','rtl_digest-915','host-916',0);
INSERT INTO jobs VALUES('check-5-0','check','done','label-936',1,937,'started-938','finished-939',940.12499999999999998,'message-941','git_revision-942','tools-943','rtl_digest-944','host-945',0);
INSERT INTO jobs VALUES('train-5-1','train','done','label-959',1,960,'started-961','finished-962',963.12500000000000003,'message-964','git_revision-965','tools-966','rtl_digest-967','host-968',0);
INSERT INTO jobs VALUES('check-5-1','check','done','label-988',1,989,'started-990','finished-991',992.12500000000000003,'message-993','git_revision-994','tools-995','rtl_digest-996','host-997',0);
INSERT INTO jobs VALUES('train-5-2','train','done','label-1011',1,1012,'started-1013','finished-1014',1015.1249999999999999,'message-1016','git_revision-1017','tools-1018','rtl_digest-1019','host-1020',0);
INSERT INTO jobs VALUES('check-5-2','check','done','label-1040',1,1041,'started-1042','finished-1043',1044.125,'message-1045','git_revision-1046','tools-1047','rtl_digest-1048','host-1049',0);
INSERT INTO jobs VALUES('train-failed','train','failed','label-1068',0,1069,'started-1070','finished-1071',1072.1249999999999999,'message-1073','git_revision-1074','tools-1075','rtl_digest-1076','host-1077',1);
CREATE TABLE training (
    job                 TEXT PRIMARY KEY REFERENCES jobs (digest),
    train_accuracy      REAL,
    validation_accuracy REAL,
    test_accuracy       REAL,
    seconds             REAL NOT NULL,
    network             BLOB NOT NULL,
    deployed_accuracy   REAL,
    best_epoch          INTEGER,
    code_entropy_bits   REAL,
    layer_formats       TEXT
) STRICT;
INSERT INTO training VALUES('train-1-0',0.87939999999999995949,0.054800000000000001487,0.37880000000000002557,532.12499999999999999,X'00',0.49170000000000002593,535,536.12499999999999999,'layer_formats-537');
INSERT INTO training VALUES('train-1-1',0.57869999999999999218,0.89529999999999998472,0.20310000000000000275,584.12499999999999999,X'00',0.008300000000000000086,587,588.12499999999999999,'layer_formats-589');
INSERT INTO training VALUES('train-1-2',0.42009999999999997344,0.39810000000000000941,0.63870000000000004547,636.12499999999999999,X'00',0.093399999999999996913,639,640.12499999999999998,'layer_formats-641');
INSERT INTO training VALUES('train-2-0',0.60640000000000005009,0.14929999999999998827,0.26829999999999998294,688.12499999999999999,X'00',0.99490000000000000657,691,692.12499999999999998,'layer_formats-693');
INSERT INTO training VALUES('train-2-1',0.042999999999999996558,0.36590000000000000301,0.6741000000000000325,738.12499999999999999,X'00',0.59030000000000004689,741,742.12499999999999998,'layer_formats-743');
INSERT INTO training VALUES('train-2-2',0.40220000000000000195,0.98609999999999997655,0.57440000000000002167,788.12499999999999999,X'00',0.018399999999999999689,791,792.12499999999999998,'layer_formats-793');
INSERT INTO training VALUES('train-3-0',0.08880000000000000393,0.62949999999999994848,0.1030999999999999972,838.12500000000000003,X'00',NULL,840,NULL,NULL);
INSERT INTO training VALUES('train-3-1',0.24829999999999999293,0.73760000000000003339,0.42499999999999998889,865.12499999999999998,X'00',NULL,867,NULL,NULL);
INSERT INTO training VALUES('train-3-2',0.66749999999999998223,0.17110000000000000208,0.84330000000000004956,892.12500000000000003,X'00',NULL,894,NULL,NULL);
INSERT INTO training VALUES('train-5-0',0.60660000000000002806,0.011900000000000000854,0.060900000000000002742,920.125,X'00',0.20860000000000000763,923,924.125,'layer_formats-925');
INSERT INTO training VALUES('train-5-1',0.13730000000000000537,0.086599999999999996425,0.55600000000000004973,972.12499999999999996,X'00',0.69599999999999995203,975,976.12499999999999995,'layer_formats-977');
INSERT INTO training VALUES('train-5-2',0.16910000000000000031,0.71550000000000002486,0.77170000000000005258,1024.1249999999999999,X'00',0.8802999999999999714,1027,1028.125,'layer_formats-1029');
CREATE TABLE epochs (
    job                 TEXT NOT NULL REFERENCES jobs (digest),
    epoch               INTEGER NOT NULL,
    loss                REAL,
    train_accuracy      REAL,
    validation_accuracy REAL,
    test_accuracy       REAL,
    seconds             REAL,
    PRIMARY KEY (job, epoch)
) STRICT, WITHOUT ROWID;
INSERT INTO epochs VALUES('train-1-0',1,538.12499999999999999,0.023500000000000000055,0.42470000000000002193,0.90639999999999998347,542.12499999999999998);
INSERT INTO epochs VALUES('train-1-0',2,543.125,0.11200000000000000233,0.59679999999999999715,0.12120000000000000217,547.125);
INSERT INTO epochs VALUES('train-1-1',1,590.12499999999999998,0.083500000000000004773,0.53979999999999994653,0.017500000000000001665,594.12499999999999998);
INSERT INTO epochs VALUES('train-1-1',2,595.125,0.084800000000000000377,0.49669999999999997486,0.92090000000000005186,599.125);
INSERT INTO epochs VALUES('train-1-2',1,642.12499999999999998,0.57979999999999998205,0.17260000000000000341,0.6088999999999999968,646.12499999999999998);
INSERT INTO epochs VALUES('train-1-2',2,647.125,0.95830000000000004067,0.054199999999999998179,0.55510000000000003783,651.125);
INSERT INTO epochs VALUES('train-2-0',1,694.12499999999999998,0.99799999999999999822,0.12130000000000000504,0.70550000000000001598,698.12499999999999998);
INSERT INTO epochs VALUES('train-2-0',2,699.125,0.95089999999999996749,0.23680000000000001048,0.61109999999999997655,703.125);
INSERT INTO epochs VALUES('train-2-1',1,744.12499999999999998,0.77459999999999995523,0.086699999999999999289,0.34720000000000000861,748.12499999999999998);
INSERT INTO epochs VALUES('train-2-1',2,749.125,0.86399999999999999023,0.58409999999999995257,0.45129999999999997895,753.125);
INSERT INTO epochs VALUES('train-2-2',1,794.12499999999999998,0.79939999999999999946,0.32869999999999999218,0.43359999999999998543,798.12499999999999998);
INSERT INTO epochs VALUES('train-2-2',2,799.125,0.21340000000000000635,0.44400000000000000577,0.32469999999999998863,803.125);
INSERT INTO epochs VALUES('train-3-0',1,841.12500000000000001,0.78410000000000001918,0.025399999999999998967,0.78069999999999994955,845.125);
INSERT INTO epochs VALUES('train-3-0',2,846.12500000000000002,0.80749999999999999555,0.4973000000000000198,0.70940000000000003055,850.12500000000000002);
INSERT INTO epochs VALUES('train-3-1',1,868.12499999999999996,0.23100000000000001088,0.96409999999999995701,0.40089999999999997859,872.12499999999999996);
INSERT INTO epochs VALUES('train-3-1',2,873.12499999999999998,0.37299999999999999822,0.85989999999999999769,0.36940000000000000612,877.12499999999999997);
INSERT INTO epochs VALUES('train-3-2',1,895.125,0.258900000000000019,0.050500000000000003219,0.97529999999999994475,899.125);
INSERT INTO epochs VALUES('train-3-2',2,900.12500000000000002,0.17280000000000000914,0.94650000000000000799,0.98619999999999996553,904.12500000000000002);
INSERT INTO epochs VALUES('train-5-0',1,926.12499999999999995,0.38890000000000002344,0.61150000000000004352,0.96640000000000003677,930.12500000000000004);
INSERT INTO epochs VALUES('train-5-0',2,931.12499999999999997,0.35449999999999998179,0.14060000000000000275,0.56189999999999995505,935.12499999999999997);
INSERT INTO epochs VALUES('train-5-1',1,978.125,0.065600000000000005528,0.45140000000000002344,0.70379999999999998117,982.12499999999999999);
INSERT INTO epochs VALUES('train-5-1',2,983.12500000000000001,0.7641999999999999904,0.3830000000000000071,0.88719999999999998863,987.12500000000000001);
INSERT INTO epochs VALUES('train-5-2',1,1030.1249999999999999,0.49440000000000000612,0.099199999999999996513,0.048500000000000001443,1034.1249999999999999);
INSERT INTO epochs VALUES('train-5-2',2,1035.1249999999999999,0.52880000000000004778,0.17330000000000000959,0.62970000000000003748,1039.1249999999999999);
CREATE TABLE builds (
    job     TEXT PRIMARY KEY REFERENCES jobs (digest),
    seconds REAL NOT NULL
) STRICT;
INSERT INTO builds VALUES('build-1',165.12499999999999999);
INSERT INTO builds VALUES('build-2',255.12499999999999999);
INSERT INTO builds VALUES('build-5',485.12500000000000001);
CREATE TABLE checks (
    job                        TEXT PRIMARY KEY REFERENCES jobs (digest),
    vectors                    INTEGER NOT NULL,
    trained_vectors            INTEGER NOT NULL,
    mismatches                 INTEGER NOT NULL,
    cycles_per_dot             INTEGER NOT NULL,
    first_vector               INTEGER,
    first_clock                INTEGER,
    first_expected             INTEGER,
    first_got                  INTEGER,
    first_where                TEXT,
    clocks                     INTEGER NOT NULL,
    lockstep_clocks            INTEGER NOT NULL,
    clocks_per_second          REAL,
    lockstep_clocks_per_second REAL
) STRICT;
INSERT INTO checks VALUES('check-1-0',558,559,0,560,561,562,563,564,'first_where-565',566,567,568.125,569.12499999999999998);
INSERT INTO checks VALUES('check-1-1',610,611,1,612,613,614,615,616,'first_where-617',618,619,620.125,621.12499999999999998);
INSERT INTO checks VALUES('check-1-2',662,663,2,664,665,666,667,668,'first_where-669',670,671,672.125,673.12499999999999998);
INSERT INTO checks VALUES('check-5-0',946,947,0,948,949,950,951,952,'first_where-953',954,955,956.12499999999999997,957.12499999999999999);
INSERT INTO checks VALUES('check-5-1',998,999,1,1000,1001,1002,1003,1004,'first_where-1005',1006,1007,1008.1249999999999999,1009.1249999999999999);
INSERT INTO checks VALUES('check-5-2',1050,1051,2,1052,1053,1054,1055,1056,'first_where-1057',1058,1059,1060.1249999999999999,1061.1249999999999999);
CREATE TABLE syntheses (
    job              TEXT PRIMARY KEY REFERENCES jobs (digest),
    lut              INTEGER NOT NULL,
    lutram           INTEGER NOT NULL,
    ff               INTEGER NOT NULL,
    carry4           INTEGER NOT NULL,
    muxf7            INTEGER NOT NULL,
    muxf8            INTEGER NOT NULL,
    dsp              INTEGER NOT NULL,
    bram18           INTEGER NOT NULL,
    bram36           INTEGER NOT NULL,
    critical_path_ns REAL,
    fmax_mhz         REAL,
    path_from        TEXT,
    path_to          TEXT,
    seconds          REAL NOT NULL,
    critical_path_2_ns REAL,
    fmax_2_mhz       REAL,
    fmax_mhz_low     REAL,
    fmax_mhz_high    REAL,
    power_mw         REAL
) STRICT;
INSERT INTO syntheses VALUES('synth-1',166,167,168,169,170,171,172,173,174,175.125,176.125,'path_from-177','path_to-178',179.12499999999999999,180.12499999999999999,181.12499999999999999,182.12499999999999999,183.125,184.12499999999999999);
INSERT INTO syntheses VALUES('synth-2',256,257,258,259,260,261,262,263,264,265.12499999999999998,266.12500000000000001,'path_from-267','path_to-268',269.125,270.125,271.125,272.125,273.125,274.125);
INSERT INTO syntheses VALUES('synth-5',486,487,488,489,490,491,492,493,494,495.125,496.12499999999999998,'path_from-497','path_to-498',499.125,500.12499999999999998,501.125,502.12499999999999997,503.125,504.12500000000000002);
CREATE TABLE fits (
    point               INTEGER PRIMARY KEY REFERENCES points (id),
    logic_known         INTEGER NOT NULL,
    fits                INTEGER,
    weights_fit_bram    INTEGER NOT NULL,
    weights_fit_lutram  INTEGER NOT NULL,
    lut_utilisation     REAL,
    ff_utilisation      REAL,
    carry4_utilisation  REAL,
    muxf7_utilisation   REAL,
    muxf8_utilisation   REAL,
    dsp_utilisation     REAL,
    bram_utilisation    REAL,
    lutram_utilisation  REAL,
    weights_utilisation REAL NOT NULL,
    binding_resource    TEXT,
    weights_fit         INTEGER
) STRICT;
INSERT INTO fits VALUES(1,1,0,1,0,0.46300000000000002264,0.37330000000000002069,0.13850000000000001199,0.86660000000000003694,0.0064000000000000003066,0.50280000000000002469,0.89829999999999998738,0.080799999999999996824,0.55430000000000001492,'dsp',0);
INSERT INTO fits VALUES(2,1,0,1,0,0.61670000000000002593,0.040899999999999998856,0.37900000000000000355,0.70350000000000001421,0.45200000000000001287,0.72509999999999996678,0.15720000000000000639,0.23799999999999998934,0.11089999999999999857,'dsp',0);
INSERT INTO fits VALUES(4,1,0,1,0,0.50629999999999997228,0.92379999999999995452,0.59040000000000003588,0.77419999999999999928,0.38369999999999998552,0.74609999999999998543,0.10169999999999999873,0.29120000000000001438,0.67420000000000002149,'dsp',0);
INSERT INTO fits VALUES(5,1,0,1,0,0.72570000000000001172,0.42180000000000000826,0.087700000000000000177,0.26669999999999999262,0.20990000000000000324,0.2812000000000000055,0.80949999999999999733,0.19950000000000001065,0.88639999999999996571,'dsp',0);
CREATE TABLE t_quantiles (
    df  INTEGER PRIMARY KEY,
    t95 REAL NOT NULL
) STRICT;
INSERT INTO t_quantiles VALUES(1,12.706200000000000827);
INSERT INTO t_quantiles VALUES(2,4.3026499999999998635);
INSERT INTO t_quantiles VALUES(3,3.182449999999999779);
INSERT INTO t_quantiles VALUES(4,2.7764500000000000845);
INSERT INTO t_quantiles VALUES(5,2.5705800000000000871);
INSERT INTO t_quantiles VALUES(6,2.4469099999999999184);
INSERT INTO t_quantiles VALUES(7,2.3646199999999999441);
INSERT INTO t_quantiles VALUES(8,2.3060000000000000497);
INSERT INTO t_quantiles VALUES(9,2.2621600000000001706);
INSERT INTO t_quantiles VALUES(10,2.2281399999999997874);
INSERT INTO t_quantiles VALUES(11,2.2009900000000000019);
INSERT INTO t_quantiles VALUES(12,2.1788099999999999134);
INSERT INTO t_quantiles VALUES(13,2.1603699999999999015);
INSERT INTO t_quantiles VALUES(14,2.1447899999999999742);
INSERT INTO t_quantiles VALUES(15,2.1314500000000000667);
INSERT INTO t_quantiles VALUES(16,2.119909999999999961);
INSERT INTO t_quantiles VALUES(17,2.1098200000000000287);
INSERT INTO t_quantiles VALUES(18,2.1009199999999998986);
INSERT INTO t_quantiles VALUES(19,2.0930200000000001026);
INSERT INTO t_quantiles VALUES(20,2.0859600000000000363);
INSERT INTO t_quantiles VALUES(21,2.0796100000000001806);
INSERT INTO t_quantiles VALUES(22,2.0738699999999998802);
INSERT INTO t_quantiles VALUES(23,2.0686599999999999432);
INSERT INTO t_quantiles VALUES(24,2.0638999999999998458);
INSERT INTO t_quantiles VALUES(25,2.0595400000000001483);
INSERT INTO t_quantiles VALUES(26,2.0555300000000000792);
INSERT INTO t_quantiles VALUES(27,2.0518299999999998206);
INSERT INTO t_quantiles VALUES(28,2.048410000000000064);
INSERT INTO t_quantiles VALUES(29,2.0452300000000001034);
INSERT INTO t_quantiles VALUES(30,2.0422699999999998077);
INSERT INTO t_quantiles VALUES(40,2.0210799999999999876);
INSERT INTO t_quantiles VALUES(50,2.008560000000000123);
INSERT INTO t_quantiles VALUES(60,2.000300000000000189);
INSERT INTO t_quantiles VALUES(80,1.9900599999999999401);
INSERT INTO t_quantiles VALUES(99,1.9842200000000000947);
INSERT INTO t_quantiles VALUES(100,1.9839700000000000112);
INSERT INTO t_quantiles VALUES(120,1.9799299999999999677);
INSERT INTO t_quantiles VALUES(200,1.9718999999999999861);
INSERT INTO t_quantiles VALUES(500,1.9647200000000000219);
INSERT INTO t_quantiles VALUES(1000,1.9623399999999999732);
CREATE TABLE accelerator_checks (
    job                        TEXT PRIMARY KEY REFERENCES jobs (digest),
    images                     INTEGER NOT NULL,
    lockstep_images            INTEGER NOT NULL,
    mismatches                 INTEGER NOT NULL,
    right                      INTEGER NOT NULL,
    cycles_per_inference       INTEGER NOT NULL,
    cycles_latency             INTEGER NOT NULL,
    schedule_agrees            INTEGER NOT NULL,
    first_image                INTEGER,
    first_where                TEXT,
    clocks                     INTEGER NOT NULL,
    lockstep_clocks            INTEGER NOT NULL,
    clocks_per_second          REAL,
    lockstep_clocks_per_second REAL
) STRICT;
INSERT INTO accelerator_checks VALUES('check-2-0',1000,714,715,900,2600,716,1,718,'first_where-719',720,721,722.125,723.12499999999999998);
INSERT INTO accelerator_checks VALUES('check-2-1',1000,764,765,899,2601,766,1,768,'first_where-769',770,771,772.125,773.12499999999999998);
INSERT INTO accelerator_checks VALUES('check-2-2',1000,814,815,898,2602,816,1,818,'first_where-819',820,821,822.12499999999999996,823.12499999999999998);
CREATE TABLE accelerators (
    point            INTEGER PRIMARY KEY REFERENCES points (id),
    block_bits       INTEGER NOT NULL,
    schedule_cycles  INTEGER NOT NULL,
    schedule_latency INTEGER NOT NULL
) STRICT;
INSERT INTO accelerators VALUES(2,289,290,291);
CREATE TABLE vivado_reports (
    id           INTEGER PRIMARY KEY,
    point        INTEGER NOT NULL REFERENCES points (id),
    imported     TEXT NOT NULL,
    tool_version TEXT NOT NULL,
    part         TEXT NOT NULL,
    speed_grade  TEXT NOT NULL,
    design       TEXT NOT NULL,
    lut          INTEGER,
    lutram       INTEGER,
    ff           INTEGER,
    muxf7        INTEGER,
    muxf8        INTEGER,
    dsp          INTEGER,
    bram18       INTEGER,
    bram36       INTEGER,
    period_ns    REAL,
    wns_ns       REAL,
    whs_ns       REAL,
    fmax_mhz     REAL,
    path_from    TEXT,
    path_to      TEXT,
    power_mw     REAL,
    dynamic_mw   REAL,
    static_mw    REAL
) STRICT;
INSERT INTO vivado_reports VALUES(1,2,'imported-296','tool_version-297','part-298','-1','design-299',300,301,302,303,304,305,306,307,308.12499999999999999,309.12499999999999999,310.12499999999999999,311.12499999999999999,'path_from-312','path_to-313',314.12499999999999999,315.12499999999999998,316.12500000000000001);
INSERT INTO vivado_reports VALUES(2,2,'imported-317','tool_version-318','part-319','-2','design-320',321,322,323,324,325,326,327,328,329.12499999999999999,330.12499999999999999,331.12499999999999999,332.12499999999999999,'path_from-333','path_to-334',335.12499999999999999,336.12499999999999999,337.12499999999999999);
CREATE TABLE estimates (
    point    INTEGER PRIMARY KEY REFERENCES points (id),
    lut      INTEGER NOT NULL,
    lutram   INTEGER NOT NULL,
    ff       INTEGER NOT NULL,
    fmax_mhz REAL NOT NULL,
    fits     INTEGER,
    binding_resource TEXT NOT NULL
) STRICT;
INSERT INTO estimates VALUES(2,292,293,294,295.125,1,'lut');
CREATE INDEX points_by_point ON points (point);
CREATE INDEX points_by_synth_job ON points (synth_job);
CREATE UNIQUE INDEX runs_once ON runs (sweep, point, coalesce(seed, -1));
CREATE INDEX runs_by_point ON runs (point);
CREATE UNIQUE INDEX vivado_reports_once ON vivado_reports (point, tool_version, speed_grade, coalesce(period_ns, -1));
CREATE VIEW results AS
SELECT p.point, s.name AS sweep, p.dataset, p.network, p.train_mode, p.epochs,
       p.scheme, p.reference, p.span, p.bucket, p.codec, p.rounding, p.step, p.weight_bits, p.frac_bits,
       p.frac_bits_layers, p.delta_bits, p.delta_bits_layers, p.delta_offset, p.delta_offset_layers,
       p.engine, p.parallelism, p.multiplier, p.operator_inputs, p.dsp_lanes, p.weight_memory, p.device, r.seed,
       t.train_accuracy, t.validation_accuracy, t.test_accuracy, t.deployed_accuracy, t.best_epoch,
       t.code_entropy_bits, t.layer_formats,
       1.0 * i.right / i.images AS rtl_accuracy, i.images AS rtl_images,
       p.weight_storage_bits, p.compression_ratio,
       c.cycles_per_dot, i.cycles_per_inference, i.cycles_latency, a.schedule_cycles,
       1.0 * p.weights / (p.parallelism * i.cycles_per_inference) AS cycle_efficiency,
       coalesce(c.mismatches, i.mismatches + (NOT i.schedule_agrees)) AS rtl_mismatches,
       y.lut, y.ff, y.dsp, y.bram18, y.lutram,
       f.fits, f.binding_resource,
       o.lut AS estimated_lut, o.ff AS estimated_ff, o.fits AS estimated_fits, o.fmax_mhz AS estimated_fmax_mhz,
       t.seconds AS train_seconds,
       coalesce(c.clocks_per_second, i.clocks_per_second) AS sim_clocks_per_second,
       y.fmax_mhz, y.critical_path_ns, y.fmax_mhz_low, y.fmax_mhz_high, y.fmax_2_mhz, y.critical_path_2_ns,
       i.cycles_latency / y.fmax_mhz AS latency_us,
       1e6 * y.fmax_mhz / i.cycles_per_inference AS inferences_per_second,
       1e6 * y.fmax_mhz * coalesce(1.0 * p.operator_inputs / c.cycles_per_dot, 1.0 * p.weights / i.cycles_per_inference)
           AS macs_per_second,
       1e6 * coalesce(1.0 * p.operator_inputs / c.cycles_per_dot, 1.0 * p.weights / i.cycles_per_inference)
           AS macs_per_second_at_1mhz,
       y.power_mw, 1e-3 * y.power_mw * i.cycles_per_inference / y.fmax_mhz AS energy_uj,
       y.carry4, y.muxf7, y.muxf8, y.bram36,
       f.lut_utilisation, f.ff_utilisation, f.carry4_utilisation, f.muxf7_utilisation, f.muxf8_utilisation,
       f.dsp_utilisation, f.bram_utilisation, f.lutram_utilisation, f.weights_utilisation,
       f.weights_fit_bram, f.weights_fit_lutram, f.weights_fit,
       p.weights, p.macs, p.batch, p.optimiser, p.lr, p.lr_decay, p.warmup, p.weight_decay, p.smoothing,
       p.clamp_gradient, p.average,
       p.patience, p.shuffle, p.mirror, p.gradients, p.loaded,
       c.vectors AS check_vectors,
       coalesce(c.lockstep_clocks_per_second, i.lockstep_clocks_per_second) AS lockstep_clocks_per_second,
       b.seconds AS build_seconds, y.seconds AS synth_seconds,
       coalesce(jt.git_revision, jc.git_revision, jy.git_revision) AS git_revision,
       coalesce(jc.rtl_digest, jy.rtl_digest) AS rtl_digest,
       nullif(trim(coalesce(jt.tools, '') || coalesce('; ' || jc.tools, '') || coalesce('; ' || jy.tools, ''), '; '), '')
           AS tool_versions,
       r.created
FROM runs r
JOIN sweeps s ON s.id = r.sweep
JOIN points p ON p.id = r.point
LEFT JOIN training t ON t.job = r.train_job
LEFT JOIN checks c ON c.job = r.check_job
LEFT JOIN accelerator_checks i ON i.job = r.check_job
LEFT JOIN accelerators a ON a.point = p.id
LEFT JOIN builds b ON b.job = p.build_job
LEFT JOIN syntheses y ON y.job = p.synth_job
LEFT JOIN fits f ON f.point = p.id
LEFT JOIN estimates o ON o.point = p.id
LEFT JOIN jobs jt ON jt.digest = r.train_job AND jt.state = 'done'
LEFT JOIN jobs jc ON jc.digest = r.check_job AND jc.state = 'done'
LEFT JOIN jobs jy ON jy.digest = p.synth_job AND jy.state = 'done'
ORDER BY r.id
;
CREATE VIEW designs AS
WITH seeds AS (
    SELECT r.sweep, r.point, min(r.id) AS run, count(t.test_accuracy) AS n,
           avg(t.test_accuracy) AS mean, avg(t.train_accuracy) AS train_mean,
           avg(t.validation_accuracy) AS validation_mean, avg(t.deployed_accuracy) AS deployed_mean,
           avg(t.best_epoch) AS best_epoch, avg(t.code_entropy_bits) AS code_entropy_bits,
           max(c.cycles_per_dot) AS cycles_per_dot, max(i.cycles_per_inference) AS cycles_per_inference,
           max(i.cycles_latency) AS cycles_latency, avg(1.0 * i.right / i.images) AS rtl_mean, sum(i.images) AS images,
           sum(coalesce(c.mismatches, i.mismatches + (NOT i.schedule_agrees))) AS mismatches,
           sum(c.vectors) AS vectors,
           avg(coalesce(c.clocks_per_second, i.clocks_per_second)) AS clocks_per_second,
           avg(coalesce(c.lockstep_clocks_per_second, i.lockstep_clocks_per_second)) AS lockstep_clocks_per_second,
           avg(t.seconds) AS train_seconds
    FROM runs r
    LEFT JOIN training t ON t.job = r.train_job
    LEFT JOIN checks c ON c.job = r.check_job
    LEFT JOIN accelerator_checks i ON i.job = r.check_job
    GROUP BY r.sweep, r.point
), spread AS (
    SELECT d.*,
           (SELECT sqrt(sum((t.test_accuracy - d.mean) * (t.test_accuracy - d.mean)) / (d.n - 1))
            FROM runs r JOIN training t ON t.job = r.train_job
            WHERE d.n > 1 AND r.sweep = d.sweep AND r.point = d.point) AS sd,
           (SELECT q.t95 FROM t_quantiles q WHERE q.df <= d.n - 1 ORDER BY q.df DESC LIMIT 1) AS t95
    FROM seeds d
)
SELECT p.point, s.name AS sweep, p.dataset, p.network, p.train_mode, p.epochs,
       p.scheme, p.reference, p.span, p.bucket, p.codec, p.rounding, p.step, p.weight_bits, p.frac_bits,
       p.frac_bits_layers, p.delta_bits, p.delta_bits_layers, p.delta_offset, p.delta_offset_layers,
       p.engine, p.parallelism, p.multiplier, p.operator_inputs, p.dsp_lanes, p.weight_memory, p.device,
       d.n,
       d.mean AS test_accuracy, d.sd AS test_accuracy_sd,
       d.mean - d.t95 * d.sd / sqrt(d.n) AS test_accuracy_low,
       d.mean + d.t95 * d.sd / sqrt(d.n) AS test_accuracy_high,
       d.train_mean AS train_accuracy, d.validation_mean AS validation_accuracy, d.deployed_mean AS deployed_accuracy,
       d.best_epoch, d.code_entropy_bits,
       d.rtl_mean AS rtl_accuracy, d.images AS rtl_images,
       p.weight_storage_bits, p.compression_ratio,
       d.cycles_per_dot, d.cycles_per_inference, d.cycles_latency, a.schedule_cycles,
       1.0 * p.weights / (p.parallelism * d.cycles_per_inference) AS cycle_efficiency,
       d.mismatches AS rtl_mismatches,
       y.lut, y.ff, y.dsp, y.bram18, y.lutram,
       f.fits, f.binding_resource,
       o.lut AS estimated_lut, o.ff AS estimated_ff, o.fits AS estimated_fits, o.fmax_mhz AS estimated_fmax_mhz,
       d.train_seconds,
       d.clocks_per_second AS sim_clocks_per_second,
       y.fmax_mhz, y.critical_path_ns, y.fmax_mhz_low, y.fmax_mhz_high, y.fmax_2_mhz, y.critical_path_2_ns,
       d.cycles_latency / y.fmax_mhz AS latency_us,
       1e6 * y.fmax_mhz / d.cycles_per_inference AS inferences_per_second,
       1e6 * y.fmax_mhz * coalesce(1.0 * p.operator_inputs / d.cycles_per_dot, 1.0 * p.weights / d.cycles_per_inference)
           AS macs_per_second,
       1e6 * coalesce(1.0 * p.operator_inputs / d.cycles_per_dot, 1.0 * p.weights / d.cycles_per_inference)
           AS macs_per_second_at_1mhz,
       y.power_mw, 1e-3 * y.power_mw * d.cycles_per_inference / y.fmax_mhz AS energy_uj,
       y.carry4, y.muxf7, y.muxf8, y.bram36,
       f.lut_utilisation, f.ff_utilisation, f.carry4_utilisation, f.muxf7_utilisation, f.muxf8_utilisation,
       f.dsp_utilisation, f.bram_utilisation, f.lutram_utilisation, f.weights_utilisation,
       f.weights_fit_bram, f.weights_fit_lutram, f.weights_fit,
       p.weights, p.macs, p.batch, p.optimiser, p.lr, p.lr_decay, p.warmup, p.weight_decay, p.smoothing,
       p.clamp_gradient, p.average,
       p.patience, p.shuffle, p.mirror, p.gradients, p.loaded,
       d.vectors AS check_vectors, d.lockstep_clocks_per_second,
       b.seconds AS build_seconds, y.seconds AS synth_seconds
FROM spread d
JOIN sweeps s ON s.id = d.sweep
JOIN points p ON p.id = d.point
LEFT JOIN accelerators a ON a.point = p.id
LEFT JOIN builds b ON b.job = p.build_job
LEFT JOIN syntheses y ON y.job = p.synth_job
LEFT JOIN fits f ON f.point = p.id
LEFT JOIN estimates o ON o.point = p.id
ORDER BY d.run
;
CREATE VIEW vivado AS
SELECT v.id, p.point, v.imported, v.tool_version, v.part, v.speed_grade, v.design,
       v.lut AS vivado_lut, y.lut, v.lutram AS vivado_lutram, y.lutram, v.ff AS vivado_ff, y.ff,
       v.muxf7 AS vivado_muxf7, v.muxf8 AS vivado_muxf8, v.dsp AS vivado_dsp, y.dsp,
       2 * v.bram36 + v.bram18 AS vivado_ramb18, 2 * y.bram36 + y.bram18 AS ramb18,
       v.fmax_mhz AS vivado_fmax_mhz,
       CASE v.speed_grade WHEN '-1' THEN y.fmax_mhz WHEN '-2' THEN y.fmax_2_mhz END AS fmax_mhz,
       CASE v.speed_grade WHEN '-1' THEN 1 WHEN '-2' THEN y.fmax_2_mhz / y.fmax_mhz END * y.fmax_mhz_low AS fmax_mhz_low,
       CASE v.speed_grade WHEN '-1' THEN 1 WHEN '-2' THEN y.fmax_2_mhz / y.fmax_mhz END * y.fmax_mhz_high AS fmax_mhz_high,
       v.period_ns, v.wns_ns, v.whs_ns, 1000 / v.period_ns AS vivado_clock_mhz, v.path_from, v.path_to,
       v.power_mw AS vivado_power_mw, v.dynamic_mw AS vivado_dynamic_mw, v.static_mw AS vivado_static_mw
FROM vivado_reports v
JOIN points p ON p.id = v.point
LEFT JOIN syntheses y ON y.job = p.synth_job
ORDER BY v.id
;
COMMIT;
