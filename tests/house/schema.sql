-- schema version 28

-- access_point
CREATE TABLE access_point (
	id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	ours BOOLEAN NOT NULL,
	PRIMARY KEY (id),
	UNIQUE ("key")
)

-- accountview_wizard_run
CREATE TABLE accountview_wizard_run (
	client_id INTEGER NOT NULL,
	person_id INTEGER NOT NULL,
	step VARCHAR NOT NULL,
	services BOOLEAN NOT NULL,
	customer_number VARCHAR NOT NULL,
	licence_key VARCHAR NOT NULL,
	terms BOOLEAN NOT NULL,
	email VARCHAR NOT NULL,
	first_name VARCHAR NOT NULL,
	last_name VARCHAR NOT NULL,
	administrator VARCHAR,
	PRIMARY KEY (client_id, person_id),
	FOREIGN KEY(client_id) REFERENCES client (id) ON DELETE CASCADE,
	FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE
)

-- administration_settings
CREATE TABLE administration_settings (
	client_id INTEGER NOT NULL,
	send_all BOOLEAN NOT NULL,
	receive BOOLEAN NOT NULL,
	PRIMARY KEY (client_id),
	FOREIGN KEY(client_id) REFERENCES client (id)
)

-- assignment
CREATE TABLE assignment (
	id INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	person_id INTEGER,
	user_group_id INTEGER,
	company_id INTEGER,
	company_group_id INTEGER,
	role VARCHAR,
	role_group_id INTEGER,
	PRIMARY KEY (id),
	CONSTRAINT assignment_subject CHECK ((person_id IS NULL) != (user_group_id IS NULL)),
	CONSTRAINT assignment_target CHECK (company_id IS NULL OR company_group_id IS NULL),
	CONSTRAINT assignment_role CHECK ((role IS NULL) != (role_group_id IS NULL)),
	FOREIGN KEY(customer_id) REFERENCES customer (id),
	FOREIGN KEY(person_id) REFERENCES person (id),
	FOREIGN KEY(user_group_id) REFERENCES user_group (id),
	FOREIGN KEY(company_id) REFERENCES company (id),
	FOREIGN KEY(company_group_id) REFERENCES company_group (id),
	FOREIGN KEY(role_group_id) REFERENCES role_group (id)
)
CREATE INDEX ix_assignment_company_group_id ON assignment (company_group_id)
CREATE INDEX ix_assignment_company_id ON assignment (company_id)
CREATE INDEX ix_assignment_customer_id ON assignment (customer_id)
CREATE INDEX ix_assignment_person_id ON assignment (person_id)
CREATE INDEX ix_assignment_role_group_id ON assignment (role_group_id)
CREATE INDEX ix_assignment_user_group_id ON assignment (user_group_id)

-- attachment
CREATE TABLE attachment (
	id INTEGER NOT NULL,
	message_id INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	media_type VARCHAR NOT NULL,
	size INTEGER NOT NULL,
	content BLOB,
	PRIMARY KEY (id),
	FOREIGN KEY(message_id) REFERENCES message (id)
)
CREATE INDEX ix_attachment_message_id ON attachment (message_id)

-- autoinvoice_account
CREATE TABLE autoinvoice_account (
	company_id INTEGER NOT NULL,
	uuid VARCHAR NOT NULL,
	verified BOOLEAN NOT NULL,
	identity_check VARCHAR NOT NULL,
	signatory VARCHAR,
	signatory_email VARCHAR,
	signing_hash VARCHAR,
	stop_duplicates BOOLEAN NOT NULL,
	hold_multiple BOOLEAN NOT NULL,
	email_enabled BOOLEAN NOT NULL,
	email_how VARCHAR NOT NULL,
	email_note VARCHAR NOT NULL,
	email_attachments BOOLEAN NOT NULL,
	email_merged BOOLEAN NOT NULL,
	contact_name VARCHAR,
	contact_email VARCHAR,
	contact_phone VARCHAR,
	print_enabled BOOLEAN NOT NULL,
	print_prices_accepted BOOLEAN NOT NULL,
	print_letter_class VARCHAR NOT NULL,
	print_colour BOOLEAN NOT NULL,
	print_attachments BOOLEAN NOT NULL,
	print_own_pdf BOOLEAN NOT NULL,
	receives BOOLEAN NOT NULL,
	notify_received BOOLEAN NOT NULL,
	notify_received_to VARCHAR,
	notify_failed_sender BOOLEAN NOT NULL,
	notify_failed_others JSON NOT NULL,
	report VARCHAR NOT NULL,
	scan_active_from DATETIME,
	scan_return_email VARCHAR,
	scan_senders JSON NOT NULL,
	PRIMARY KEY (company_id),
	FOREIGN KEY(company_id) REFERENCES company (id),
	UNIQUE (uuid),
	UNIQUE (signing_hash)
)

-- autoinvoice_api_key
CREATE TABLE autoinvoice_api_key (
	id INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	person_id INTEGER,
	name VARCHAR NOT NULL,
	value VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	disabled_at DATETIME,
	PRIMARY KEY (id),
	FOREIGN KEY(person_id) REFERENCES person (id),
	UNIQUE (value)
)
CREATE INDEX ix_autoinvoice_api_key_person_id ON autoinvoice_api_key (person_id)

-- autoinvoice_api_token
CREATE TABLE autoinvoice_api_token (
	id INTEGER NOT NULL,
	digest VARCHAR NOT NULL,
	company_id INTEGER NOT NULL,
	user_key_id INTEGER NOT NULL,
	vendor_key_id INTEGER,
	scopes JSON NOT NULL,
	issued_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	licence JSON NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (digest),
	FOREIGN KEY(company_id) REFERENCES company (id),
	FOREIGN KEY(user_key_id) REFERENCES autoinvoice_api_key (id),
	FOREIGN KEY(vendor_key_id) REFERENCES autoinvoice_api_key (id)
)

-- autoinvoice_quiet
CREATE TABLE autoinvoice_quiet (
	person_id INTEGER NOT NULL,
	internal BOOLEAN NOT NULL,
	everything BOOLEAN NOT NULL,
	PRIMARY KEY (person_id),
	FOREIGN KEY(person_id) REFERENCES person (id)
)

-- autoinvoice_scam_report
CREATE TABLE autoinvoice_scam_report (
	id INTEGER NOT NULL,
	uuid VARCHAR NOT NULL,
	document_id INTEGER NOT NULL,
	person_id INTEGER NOT NULL,
	reasons JSON NOT NULL,
	contact_email VARCHAR NOT NULL,
	description VARCHAR,
	reported_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (uuid),
	UNIQUE (document_id),
	FOREIGN KEY(document_id) REFERENCES document (id),
	FOREIGN KEY(person_id) REFERENCES person (id)
)

-- autoinvoice_webhook
CREATE TABLE autoinvoice_webhook (
	id INTEGER NOT NULL,
	uuid VARCHAR NOT NULL,
	company_id INTEGER NOT NULL,
	vendor_key_id INTEGER,
	destination VARCHAR NOT NULL,
	events JSON NOT NULL,
	created_at DATETIME NOT NULL,
	removed_at DATETIME,
	PRIMARY KEY (id),
	UNIQUE (uuid),
	FOREIGN KEY(company_id) REFERENCES company (id),
	FOREIGN KEY(vendor_key_id) REFERENCES autoinvoice_api_key (id)
)
CREATE INDEX ix_autoinvoice_webhook_company_id ON autoinvoice_webhook (company_id)
CREATE INDEX ix_autoinvoice_webhook_vendor_key_id ON autoinvoice_webhook (vendor_key_id)

-- autoinvoice_webhook_delivery
CREATE TABLE autoinvoice_webhook_delivery (
	id INTEGER NOT NULL,
	uuid VARCHAR NOT NULL,
	webhook_id INTEGER NOT NULL,
	event VARCHAR NOT NULL,
	payload JSON NOT NULL,
	state VARCHAR NOT NULL,
	attempts INTEGER NOT NULL,
	attempted_at DATETIME,
	answer INTEGER,
	error VARCHAR,
	PRIMARY KEY (id),
	UNIQUE (uuid),
	FOREIGN KEY(webhook_id) REFERENCES autoinvoice_webhook (id)
)
CREATE INDEX ix_autoinvoice_webhook_delivery_state ON autoinvoice_webhook_delivery (state)
CREATE INDEX ix_autoinvoice_webhook_delivery_webhook_id ON autoinvoice_webhook_delivery (webhook_id)

-- bulk_change
CREATE TABLE bulk_change (
	id INTEGER NOT NULL,
	person_id INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	action VARCHAR NOT NULL,
	role VARCHAR,
	company_id INTEGER,
	created_at DATETIME NOT NULL,
	total INTEGER NOT NULL,
	done INTEGER NOT NULL,
	progress JSON NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(person_id) REFERENCES person (id),
	FOREIGN KEY(customer_id) REFERENCES customer (id),
	FOREIGN KEY(company_id) REFERENCES company (id)
)

-- buyer
CREATE TABLE buyer (
	id INTEGER NOT NULL,
	client_id INTEGER NOT NULL,
	number VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	country VARCHAR NOT NULL,
	organisation_number VARCHAR,
	email VARCHAR,
	street VARCHAR,
	postal_code VARCHAR,
	city VARCHAR,
	delivery VARCHAR NOT NULL,
	receives BOOLEAN,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (client_id, number),
	FOREIGN KEY(client_id) REFERENCES client (id)
)

-- case_entry
CREATE TABLE case_entry (
	id INTEGER NOT NULL,
	number INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	public BOOLEAN NOT NULL,
	author VARCHAR,
	author_name VARCHAR NOT NULL,
	text VARCHAR NOT NULL,
	event VARCHAR,
	data JSON NOT NULL,
	at DATETIME NOT NULL,
	message_id INTEGER,
	PRIMARY KEY (id),
	FOREIGN KEY(number) REFERENCES support_case (number),
	FOREIGN KEY(message_id) REFERENCES message (id)
)
CREATE INDEX ix_case_entry_message_id ON case_entry (message_id)
CREATE INDEX ix_case_entry_number ON case_entry (number)

-- case_file
CREATE TABLE case_file (
	id INTEGER NOT NULL,
	entry_id INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	size INTEGER NOT NULL,
	content BLOB,
	PRIMARY KEY (id),
	FOREIGN KEY(entry_id) REFERENCES case_entry (id)
)
CREATE INDEX ix_case_file_entry_id ON case_file (entry_id)

-- challenge
CREATE TABLE challenge (
	holder VARCHAR NOT NULL,
	purpose VARCHAR NOT NULL,
	value VARCHAR,
	key_name VARCHAR,
	expires_at DATETIME NOT NULL,
	PRIMARY KEY (holder, purpose)
)

-- charge
CREATE TABLE charge (
	id INTEGER NOT NULL,
	licence_id INTEGER NOT NULL,
	company_id INTEGER NOT NULL,
	subscription_id INTEGER,
	unit VARCHAR NOT NULL,
	day DATE NOT NULL,
	quantity INTEGER NOT NULL,
	due_on DATE,
	invoice_line_id INTEGER,
	PRIMARY KEY (id),
	FOREIGN KEY(licence_id) REFERENCES licence (id),
	FOREIGN KEY(company_id) REFERENCES company (id),
	FOREIGN KEY(subscription_id) REFERENCES subscription (id),
	FOREIGN KEY(invoice_line_id) REFERENCES invoice_line (id)
)
CREATE INDEX charge_of_day ON charge (company_id, day, unit)
CREATE INDEX charge_waiting ON charge (licence_id, invoice_line_id, company_id, unit)
CREATE INDEX ix_charge_invoice_line_id ON charge (invoice_line_id)

-- client
CREATE TABLE client (
	id INTEGER NOT NULL,
	"key" VARCHAR,
	customer_id INTEGER NOT NULL,
	company_id INTEGER,
	number VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	country VARCHAR NOT NULL,
	organisation_number VARCHAR NOT NULL,
	email VARCHAR,
	street VARCHAR,
	postal_code VARCHAR,
	city VARCHAR,
	PRIMARY KEY (id),
	UNIQUE (customer_id, number),
	UNIQUE ("key"),
	FOREIGN KEY(customer_id) REFERENCES customer (id),
	UNIQUE (company_id),
	FOREIGN KEY(company_id) REFERENCES company (id)
)

-- code_domain
CREATE TABLE code_domain (
	person_id INTEGER NOT NULL,
	domain VARCHAR NOT NULL,
	PRIMARY KEY (person_id, domain),
	FOREIGN KEY(person_id) REFERENCES person (id)
)

-- company
CREATE TABLE company (
	id INTEGER NOT NULL,
	"key" VARCHAR,
	customer_id INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	country VARCHAR NOT NULL,
	organisation_number VARCHAR NOT NULL,
	account_number VARCHAR NOT NULL,
	internal_number VARCHAR,
	currency VARCHAR NOT NULL,
	time_zone VARCHAR NOT NULL,
	email VARCHAR,
	phone VARCHAR,
	vat_number VARCHAR,
	street VARCHAR,
	postal_code VARCHAR,
	city VARCHAR,
	demo BOOLEAN NOT NULL,
	status VARCHAR NOT NULL,
	gone_at DATETIME,
	version INTEGER NOT NULL,
	changed_at DATETIME,
	changed_by VARCHAR,
	PRIMARY KEY (id),
	UNIQUE ("key"),
	FOREIGN KEY(customer_id) REFERENCES customer (id)
)
CREATE INDEX ix_company_customer_id ON company (customer_id)
CREATE UNIQUE INDEX company_organisation_number ON company (country, organisation_number) WHERE status != 'deleted'

-- company_group
CREATE TABLE company_group (
	id INTEGER NOT NULL,
	"key" VARCHAR,
	customer_id INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	changed_at DATETIME,
	changed_by VARCHAR,
	PRIMARY KEY (id),
	UNIQUE (customer_id, name),
	UNIQUE ("key"),
	FOREIGN KEY(customer_id) REFERENCES customer (id)
)

-- company_group_member
CREATE TABLE company_group_member (
	company_group_id INTEGER NOT NULL,
	company_id INTEGER NOT NULL,
	PRIMARY KEY (company_group_id, company_id),
	FOREIGN KEY(company_group_id) REFERENCES company_group (id) ON DELETE CASCADE,
	FOREIGN KEY(company_id) REFERENCES company (id)
)
CREATE INDEX ix_company_group_member_company_id ON company_group_member (company_id)

-- company_move
CREATE TABLE company_move (
	id INTEGER NOT NULL,
	company_id INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	receiver_id INTEGER NOT NULL,
	case_number INTEGER NOT NULL,
	state VARCHAR NOT NULL,
	reason VARCHAR NOT NULL,
	confirmer_name VARCHAR NOT NULL,
	confirmer_email VARCHAR NOT NULL,
	requested_at DATETIME NOT NULL,
	requested_by VARCHAR NOT NULL,
	finished_at DATETIME,
	refusal VARCHAR,
	PRIMARY KEY (id),
	FOREIGN KEY(company_id) REFERENCES company (id),
	FOREIGN KEY(customer_id) REFERENCES customer (id),
	FOREIGN KEY(receiver_id) REFERENCES customer (id),
	FOREIGN KEY(case_number) REFERENCES support_case (number)
)
CREATE INDEX ix_company_move_case_number ON company_move (case_number)
CREATE INDEX ix_company_move_company_id ON company_move (company_id)
CREATE UNIQUE INDEX company_move_requested ON company_move (company_id) WHERE state = 'requested'

-- company_service
CREATE TABLE company_service (
	company_id INTEGER NOT NULL,
	service VARCHAR NOT NULL,
	PRIMARY KEY (company_id, service),
	FOREIGN KEY(company_id) REFERENCES company (id)
)

-- contract
CREATE TABLE contract (
	id INTEGER NOT NULL,
	number VARCHAR NOT NULL,
	customer_id INTEGER NOT NULL,
	company_id INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	system VARCHAR NOT NULL,
	signed_on DATE NOT NULL,
	notice_on DATE,
	ends_on DATE,
	successor_id INTEGER,
	PRIMARY KEY (id),
	UNIQUE (number),
	FOREIGN KEY(customer_id) REFERENCES customer (id),
	FOREIGN KEY(company_id) REFERENCES company (id),
	FOREIGN KEY(successor_id) REFERENCES contract (id)
)
CREATE INDEX ix_contract_customer_id ON contract (customer_id)

-- contract_order
CREATE TABLE contract_order (
	id INTEGER NOT NULL,
	contract_id INTEGER NOT NULL,
	licence_id INTEGER NOT NULL,
	unit VARCHAR NOT NULL,
	quantity INTEGER NOT NULL,
	ordered_on DATE NOT NULL,
	starts_on DATE NOT NULL,
	ends_on DATE,
	code VARCHAR,
	billed_until DATE,
	PRIMARY KEY (id),
	FOREIGN KEY(contract_id) REFERENCES contract (id),
	FOREIGN KEY(licence_id) REFERENCES licence (id)
)
CREATE INDEX ix_contract_order_licence_id ON contract_order (licence_id)
CREATE INDEX order_of_contract ON contract_order (contract_id, licence_id)

-- customer
CREATE TABLE customer (
	id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	number VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	country VARCHAR NOT NULL,
	require_two_step BOOLEAN NOT NULL,
	may_change_email BOOLEAN NOT NULL,
	PRIMARY KEY (id),
	UNIQUE ("key"),
	UNIQUE (number)
)

-- directory_entry
CREATE TABLE directory_entry (
	id INTEGER NOT NULL,
	scheme VARCHAR NOT NULL,
	identifier VARCHAR NOT NULL,
	organisation_number VARCHAR,
	name VARCHAR NOT NULL,
	folded_name VARCHAR NOT NULL,
	country VARCHAR NOT NULL,
	registered_on DATE NOT NULL,
	document_types JSON NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (scheme, identifier)
)

-- dns_record
CREATE TABLE dns_record (
	domain VARCHAR NOT NULL,
	texts JSON NOT NULL,
	PRIMARY KEY (domain)
)

-- document
CREATE TABLE document (
	id INTEGER NOT NULL,
	uuid VARCHAR NOT NULL,
	company_id INTEGER NOT NULL,
	direction VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	number VARCHAR NOT NULL,
	reference VARCHAR,
	issue_date DATE NOT NULL,
	due_date DATE,
	currency VARCHAR NOT NULL,
	net BIGINT NOT NULL,
	tax BIGINT NOT NULL,
	total BIGINT NOT NULL,
	party_id INTEGER NOT NULL,
	created_at DATETIME NOT NULL,
	created_on DATE NOT NULL,
	sent_at DATETIME,
	delivered_at DATETIME,
	status VARCHAR NOT NULL,
	mark VARCHAR,
	channel VARCHAR,
	origin VARCHAR NOT NULL,
	product VARCHAR NOT NULL,
	unit VARCHAR,
	charged INTEGER NOT NULL,
	pages INTEGER NOT NULL,
	error VARCHAR,
	revision INTEGER NOT NULL,
	upload_key VARCHAR,
	twin_id INTEGER,
	wishes JSON NOT NULL,
	scam BOOLEAN NOT NULL,
	unpacked BOOLEAN NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (company_id, upload_key),
	UNIQUE (uuid),
	FOREIGN KEY(company_id) REFERENCES company (id),
	FOREIGN KEY(party_id) REFERENCES party (id),
	FOREIGN KEY(twin_id) REFERENCES document (id)
)
CREATE INDEX document_charged_otherwise ON document (company_id, direction, created_at, charged) WHERE charged <> 1
CREATE INDEX document_created ON document (company_id, direction, created_at)
CREATE INDEX document_number ON document (company_id, direction, number)
CREATE INDEX document_wanting ON document (company_id, direction, status, created_at) WHERE status = 'failed' OR status = 'on_hold'

-- document_file
CREATE TABLE document_file (
	id INTEGER NOT NULL,
	document_id INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	media_type VARCHAR NOT NULL,
	size INTEGER NOT NULL,
	content BLOB,
	PRIMARY KEY (id),
	FOREIGN KEY(document_id) REFERENCES document (id)
)
CREATE INDEX ix_document_file_document_id ON document_file (document_id)

-- document_history
CREATE TABLE document_history (
	id INTEGER NOT NULL,
	document_id INTEGER NOT NULL,
	type VARCHAR NOT NULL,
	channel VARCHAR,
	code VARCHAR NOT NULL,
	data JSON NOT NULL,
	happened_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(document_id) REFERENCES document (id)
)
CREATE INDEX ix_document_history_document_id ON document_history (document_id)

-- email_domain
CREATE TABLE email_domain (
	id INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	domain VARCHAR NOT NULL,
	token VARCHAR NOT NULL,
	added_at DATETIME NOT NULL,
	verified_at DATETIME,
	require_two_step BOOLEAN NOT NULL,
	password_rules VARCHAR NOT NULL,
	identity_providers JSON NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (customer_id, domain),
	FOREIGN KEY(customer_id) REFERENCES customer (id)
)
CREATE UNIQUE INDEX email_domain_verified ON email_domain (domain) WHERE verified_at IS NOT NULL

-- emergency_code
CREATE TABLE emergency_code (
	person_id INTEGER NOT NULL,
	hash VARCHAR NOT NULL,
	expires_at DATETIME,
	PRIMARY KEY (person_id),
	FOREIGN KEY(person_id) REFERENCES person (id)
)

-- enrolment
CREATE TABLE enrolment (
	holder VARCHAR NOT NULL,
	person_id INTEGER NOT NULL,
	push BOOLEAN NOT NULL,
	secret VARCHAR NOT NULL,
	step INTEGER,
	number VARCHAR,
	number_settled BOOLEAN NOT NULL,
	code VARCHAR,
	done BOOLEAN NOT NULL,
	back_to VARCHAR,
	expires_at DATETIME NOT NULL,
	PRIMARY KEY (holder),
	FOREIGN KEY(person_id) REFERENCES person (id)
)
CREATE INDEX ix_enrolment_person_id ON enrolment (person_id)

-- event
CREATE TABLE event (
	id INTEGER NOT NULL,
	at DATETIME NOT NULL,
	type VARCHAR NOT NULL,
	actor VARCHAR,
	subject VARCHAR,
	customer_id INTEGER,
	data JSON NOT NULL,
	PRIMARY KEY (id)
)
CREATE INDEX event_customer ON event (customer_id, id) WHERE customer_id IS NOT NULL
CREATE INDEX ix_event_type ON event (type)

-- export
CREATE TABLE export (
	client_id INTEGER NOT NULL,
	service VARCHAR NOT NULL,
	company_id INTEGER NOT NULL,
	program VARCHAR NOT NULL,
	exported_at DATETIME NOT NULL,
	exported_by VARCHAR,
	PRIMARY KEY (client_id, service),
	FOREIGN KEY(client_id) REFERENCES client (id),
	FOREIGN KEY(company_id) REFERENCES company (id)
)

-- external_account
CREATE TABLE external_account (
	id INTEGER NOT NULL,
	user_name VARCHAR NOT NULL,
	email VARCHAR NOT NULL,
	first_name VARCHAR NOT NULL,
	last_name VARCHAR NOT NULL,
	two_factors BOOLEAN NOT NULL,
	answer VARCHAR NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (user_name)
)

-- failed_attempt
CREATE TABLE failed_attempt (
	id INTEGER NOT NULL,
	email VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	at DATETIME NOT NULL,
	PRIMARY KEY (id)
)
CREATE INDEX ix_failed_attempt_email ON failed_attempt (email)

-- fault
CREATE TABLE fault (
	id INTEGER NOT NULL,
	operation VARCHAR NOT NULL,
	outcome VARCHAR NOT NULL,
	method VARCHAR,
	person VARCHAR,
	company VARCHAR,
	nth INTEGER NOT NULL,
	times INTEGER,
	probability DOUBLE,
	until DATETIME,
	seconds DOUBLE,
	hidden BOOLEAN NOT NULL,
	seen INTEGER NOT NULL,
	used INTEGER NOT NULL,
	PRIMARY KEY (id)
)

-- file
CREATE TABLE file (
	id INTEGER NOT NULL,
	owner_id INTEGER NOT NULL,
	customer_id INTEGER,
	name VARCHAR NOT NULL,
	media_type VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	expires_at DATETIME,
	content BLOB,
	PRIMARY KEY (id)
)
CREATE INDEX ix_file_owner_id ON file (owner_id)

-- grant
CREATE TABLE grant (
	id INTEGER NOT NULL,
	person_id INTEGER NOT NULL,
	role VARCHAR NOT NULL,
	customer_id INTEGER,
	company_id INTEGER,
	direct BOOLEAN NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(person_id) REFERENCES person (id),
	FOREIGN KEY(customer_id) REFERENCES customer (id),
	FOREIGN KEY(company_id) REFERENCES company (id)
)
CREATE INDEX ix_grant_company_id ON grant (company_id)
CREATE INDEX ix_grant_customer_id ON grant (customer_id)
CREATE INDEX ix_grant_person_id ON grant (person_id)
CREATE UNIQUE INDEX grant_on_company ON grant (person_id, role, company_id) WHERE customer_id IS NULL
CREATE UNIQUE INDEX grant_on_customer ON grant (person_id, role, customer_id) WHERE company_id IS NULL

-- grant_source
CREATE TABLE grant_source (
	grant_id INTEGER NOT NULL,
	assignment_id INTEGER NOT NULL,
	PRIMARY KEY (grant_id, assignment_id),
	FOREIGN KEY(grant_id) REFERENCES grant (id) ON DELETE CASCADE,
	FOREIGN KEY(assignment_id) REFERENCES assignment (id) ON DELETE CASCADE
)
CREATE INDEX ix_grant_source_assignment_id ON grant_source (assignment_id)

-- installation
CREATE TABLE installation (
	customer_id INTEGER NOT NULL,
	acs VARCHAR NOT NULL,
	acs_server VARCHAR NOT NULL,
	opg VARCHAR NOT NULL,
	PRIMARY KEY (customer_id),
	FOREIGN KEY(customer_id) REFERENCES customer (id)
)

-- installed_program
CREATE TABLE installed_program (
	client_id INTEGER NOT NULL,
	program VARCHAR NOT NULL,
	version VARCHAR NOT NULL,
	licensed BOOLEAN NOT NULL,
	modules JSON NOT NULL,
	PRIMARY KEY (client_id, program),
	FOREIGN KEY(client_id) REFERENCES client (id)
)

-- invoice
CREATE TABLE invoice (
	id INTEGER NOT NULL,
	number VARCHAR NOT NULL,
	licence_id INTEGER,
	customer_id INTEGER NOT NULL,
	system VARCHAR NOT NULL,
	contract_id INTEGER,
	corrects_id INTEGER,
	reason VARCHAR,
	kind VARCHAR NOT NULL,
	invoice_date DATE NOT NULL,
	due_date DATE NOT NULL,
	period_from DATE NOT NULL,
	period_to DATE NOT NULL,
	currency VARCHAR NOT NULL,
	total_excluding_vat BIGINT NOT NULL,
	vat BIGINT NOT NULL,
	total BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (number),
	FOREIGN KEY(licence_id) REFERENCES licence (id),
	FOREIGN KEY(customer_id) REFERENCES customer (id),
	FOREIGN KEY(contract_id) REFERENCES contract (id),
	FOREIGN KEY(corrects_id) REFERENCES invoice (id)
)
CREATE INDEX ix_invoice_contract_id ON invoice (contract_id)
CREATE INDEX ix_invoice_corrects_id ON invoice (corrects_id)
CREATE INDEX ix_invoice_customer_id ON invoice (customer_id)
CREATE UNIQUE INDEX one_invoice_a_day ON invoice (customer_id, invoice_date) WHERE system = 'inv' AND contract_id IS NULL AND corrects_id IS NULL
CREATE UNIQUE INDEX one_invoice_a_month ON invoice (licence_id, period_from) WHERE corrects_id IS NULL

-- invoice_line
CREATE TABLE invoice_line (
	id INTEGER NOT NULL,
	invoice_id INTEGER NOT NULL,
	position INTEGER NOT NULL,
	company_id INTEGER NOT NULL,
	subscription_id INTEGER,
	customer_account VARCHAR NOT NULL,
	organisation_number VARCHAR NOT NULL,
	internal_number VARCHAR,
	unit VARCHAR NOT NULL,
	period_from DATE NOT NULL,
	period_to DATE NOT NULL,
	quantity INTEGER NOT NULL,
	unit_price BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	vat_amount BIGINT NOT NULL,
	users INTEGER,
	months INTEGER,
	has_period BOOLEAN NOT NULL,
	order_id INTEGER,
	corrects_line_id INTEGER,
	PRIMARY KEY (id),
	UNIQUE (invoice_id, position),
	FOREIGN KEY(invoice_id) REFERENCES invoice (id),
	FOREIGN KEY(company_id) REFERENCES company (id),
	FOREIGN KEY(subscription_id) REFERENCES subscription (id),
	FOREIGN KEY(order_id) REFERENCES contract_order (id),
	FOREIGN KEY(corrects_line_id) REFERENCES invoice_line (id)
)
CREATE INDEX ix_invoice_line_company_id ON invoice_line (company_id)
CREATE INDEX ix_invoice_line_corrects_line_id ON invoice_line (corrects_line_id)
CREATE INDEX ix_invoice_line_order_id ON invoice_line (order_id)

-- job
CREATE TABLE job (
	id INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	data JSON NOT NULL,
	"key" VARCHAR,
	due_at DATETIME NOT NULL,
	queued_at DATETIME NOT NULL,
	state VARCHAR NOT NULL,
	attempts INTEGER NOT NULL,
	leased_until DATETIME,
	owner VARCHAR,
	finished_at DATETIME,
	error VARCHAR,
	PRIMARY KEY (id),
	UNIQUE ("key")
)
CREATE INDEX ix_job_due_at ON job (due_at)
CREATE INDEX ix_job_state ON job (state)

-- licence
CREATE TABLE licence (
	id INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	product VARCHAR NOT NULL,
	customer_number VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	quantity INTEGER NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE,
	system VARCHAR NOT NULL,
	billed_until DATE,
	contract_id INTEGER,
	read_only BOOLEAN NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (customer_id, product, valid_from),
	FOREIGN KEY(customer_id) REFERENCES customer (id),
	FOREIGN KEY(contract_id) REFERENCES contract (id)
)
CREATE INDEX ix_licence_contract_id ON licence (contract_id)
CREATE INDEX ix_licence_customer_id ON licence (customer_id)

-- lock
CREATE TABLE lock (
	email VARCHAR NOT NULL,
	until DATETIME NOT NULL,
	PRIMARY KEY (email)
)

-- login_entry
CREATE TABLE login_entry (
	id INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	person_id INTEGER NOT NULL,
	at DATETIME NOT NULL,
	result VARCHAR NOT NULL,
	company_id INTEGER,
	application VARCHAR,
	ip VARCHAR,
	session_id VARCHAR,
	provider VARCHAR,
	PRIMARY KEY (id),
	FOREIGN KEY(customer_id) REFERENCES customer (id),
	FOREIGN KEY(person_id) REFERENCES person (id),
	FOREIGN KEY(company_id) REFERENCES company (id)
)
CREATE INDEX ix_login_entry_person_id ON login_entry (person_id)
CREATE INDEX ix_login_entry_session_id ON login_entry (session_id)
CREATE INDEX login_entry_list ON login_entry (customer_id, at, id, result, person_id, company_id, application)

-- mail_original
CREATE TABLE mail_original (
	id INTEGER NOT NULL,
	user_name VARCHAR,
	addresses JSON NOT NULL,
	size INTEGER NOT NULL,
	content BLOB,
	PRIMARY KEY (id)
)

-- mailed_link
CREATE TABLE mailed_link (
	id INTEGER NOT NULL,
	hash VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	person_id INTEGER NOT NULL,
	expires_at DATETIME NOT NULL,
	used_at DATETIME,
	new_email VARCHAR,
	PRIMARY KEY (id),
	UNIQUE (hash),
	FOREIGN KEY(person_id) REFERENCES person (id)
)
CREATE INDEX ix_mailed_link_person_id ON mailed_link (person_id)

-- mailpit_mark
CREATE TABLE mailpit_mark (
	message_id INTEGER NOT NULL,
	read BOOLEAN NOT NULL,
	deleted BOOLEAN NOT NULL,
	tags JSON NOT NULL,
	PRIMARY KEY (message_id),
	FOREIGN KEY(message_id) REFERENCES message (id)
)

-- membership
CREATE TABLE membership (
	person_id INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	primary_contact BOOLEAN NOT NULL,
	PRIMARY KEY (person_id, customer_id),
	FOREIGN KEY(person_id) REFERENCES person (id),
	FOREIGN KEY(customer_id) REFERENCES customer (id)
)
CREATE INDEX ix_membership_customer_id ON membership (customer_id)

-- message
CREATE TABLE message (
	id INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	sender VARCHAR NOT NULL,
	recipient VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	subject VARCHAR NOT NULL,
	text VARCHAR NOT NULL,
	html VARCHAR,
	links JSON NOT NULL,
	codes JSON NOT NULL,
	sent_at DATETIME NOT NULL,
	state VARCHAR NOT NULL,
	language VARCHAR NOT NULL,
	message_id VARCHAR NOT NULL,
	sender_name VARCHAR NOT NULL,
	reply_to VARCHAR,
	answers_id INTEGER,
	original_id INTEGER,
	PRIMARY KEY (id),
	FOREIGN KEY(answers_id) REFERENCES message (id),
	FOREIGN KEY(original_id) REFERENCES mail_original (id)
)
CREATE INDEX ix_message_recipient ON message (recipient)

-- next_invoice_number
CREATE TABLE next_invoice_number (
	system VARCHAR NOT NULL,
	number INTEGER NOT NULL,
	PRIMARY KEY (system)
)

-- note
CREATE TABLE note (
	person_id INTEGER NOT NULL,
	password VARCHAR,
	emergency_code VARCHAR,
	lost_secret VARCHAR,
	PRIMARY KEY (person_id),
	FOREIGN KEY(person_id) REFERENCES person (id)
)

-- notice
CREATE TABLE notice (
	id INTEGER NOT NULL,
	person_id INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	customer_id INTEGER,
	company_id INTEGER,
	created_at DATETIME NOT NULL,
	text VARCHAR NOT NULL,
	data JSON NOT NULL,
	link VARCHAR,
	read_at DATETIME,
	PRIMARY KEY (id)
)
CREATE INDEX ix_notice_person_id ON notice (person_id)
CREATE INDEX notice_of_person ON notice (person_id, read_at, created_at)

-- openid_application
CREATE TABLE openid_application (
	id INTEGER NOT NULL,
	client_id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	secret_id VARCHAR,
	secret VARCHAR,
	redirect_uris JSON NOT NULL,
	post_logout_redirect_uris JSON NOT NULL,
	origins JSON NOT NULL,
	frontchannel_logout_uri VARCHAR,
	backchannel_logout_uri VARCHAR,
	scopes JSON NOT NULL,
	policy VARCHAR NOT NULL,
	asks_consent BOOLEAN NOT NULL,
	asks_tenant BOOLEAN NOT NULL,
	claims_in_id_token BOOLEAN NOT NULL,
	refresh_usage VARCHAR NOT NULL,
	refresh_days INTEGER NOT NULL,
	grace_seconds INTEGER NOT NULL,
	identity_providers JSON NOT NULL,
	provider VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (provider, client_id)
)

-- openid_authorization
CREATE TABLE openid_authorization (
	id VARCHAR NOT NULL,
	application_id INTEGER NOT NULL,
	parameters JSON NOT NULL,
	session_before VARCHAR,
	tenant VARCHAR,
	agreed BOOLEAN NOT NULL,
	expires_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(application_id) REFERENCES openid_application (id) ON DELETE CASCADE
)
CREATE INDEX ix_openid_authorization_application_id ON openid_authorization (application_id)
CREATE INDEX ix_openid_authorization_expires_at ON openid_authorization (expires_at)

-- openid_code
CREATE TABLE openid_code (
	hash VARCHAR NOT NULL,
	application_id INTEGER NOT NULL,
	person_id INTEGER,
	account_id INTEGER,
	session_id VARCHAR,
	redirect_uri VARCHAR NOT NULL,
	scope VARCHAR NOT NULL,
	nonce VARCHAR,
	challenge VARCHAR,
	challenge_method VARCHAR,
	signed_in_at DATETIME NOT NULL,
	methods JSON NOT NULL,
	tenant VARCHAR,
	family VARCHAR NOT NULL,
	expires_at DATETIME NOT NULL,
	used_at DATETIME,
	PRIMARY KEY (hash),
	FOREIGN KEY(application_id) REFERENCES openid_application (id) ON DELETE CASCADE,
	FOREIGN KEY(person_id) REFERENCES person (id),
	FOREIGN KEY(account_id) REFERENCES external_account (id) ON DELETE CASCADE
)
CREATE INDEX ix_openid_code_account_id ON openid_code (account_id)
CREATE INDEX ix_openid_code_application_id ON openid_code (application_id)
CREATE INDEX ix_openid_code_person_id ON openid_code (person_id)

-- openid_consent
CREATE TABLE openid_consent (
	person_id INTEGER NOT NULL,
	application_id INTEGER NOT NULL,
	scopes JSON NOT NULL,
	PRIMARY KEY (person_id, application_id),
	FOREIGN KEY(person_id) REFERENCES person (id),
	FOREIGN KEY(application_id) REFERENCES openid_application (id) ON DELETE CASCADE
)
CREATE INDEX ix_openid_consent_application_id ON openid_consent (application_id)

-- openid_participation
CREATE TABLE openid_participation (
	session_id VARCHAR NOT NULL,
	application_id INTEGER NOT NULL,
	person_id INTEGER NOT NULL,
	PRIMARY KEY (session_id, application_id),
	FOREIGN KEY(application_id) REFERENCES openid_application (id) ON DELETE CASCADE,
	FOREIGN KEY(person_id) REFERENCES person (id)
)
CREATE INDEX ix_openid_participation_application_id ON openid_participation (application_id)
CREATE INDEX ix_openid_participation_person_id ON openid_participation (person_id)

-- openid_refresh_token
CREATE TABLE openid_refresh_token (
	hash VARCHAR NOT NULL,
	family VARCHAR NOT NULL,
	application_id INTEGER NOT NULL,
	person_id INTEGER NOT NULL,
	session_id VARCHAR NOT NULL,
	scope VARCHAR NOT NULL,
	signed_in_at DATETIME NOT NULL,
	methods JSON NOT NULL,
	tenant VARCHAR,
	issued_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	replaced_at DATETIME,
	revoked_at DATETIME,
	PRIMARY KEY (hash),
	FOREIGN KEY(application_id) REFERENCES openid_application (id) ON DELETE CASCADE,
	FOREIGN KEY(person_id) REFERENCES person (id)
)
CREATE INDEX ix_openid_refresh_token_application_id ON openid_refresh_token (application_id)
CREATE INDEX ix_openid_refresh_token_family ON openid_refresh_token (family)
CREATE INDEX ix_openid_refresh_token_person_id ON openid_refresh_token (person_id)

-- openid_signing_key
CREATE TABLE openid_signing_key (
	id INTEGER NOT NULL,
	provider VARCHAR NOT NULL,
	kid VARCHAR NOT NULL,
	pem VARCHAR NOT NULL,
	made_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (kid)
)

-- openid_webhook
CREATE TABLE openid_webhook (
	id INTEGER NOT NULL,
	uuid VARCHAR NOT NULL,
	application_id INTEGER NOT NULL,
	event VARCHAR NOT NULL,
	url VARCHAR NOT NULL,
	customer_id INTEGER,
	secret VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (uuid),
	FOREIGN KEY(application_id) REFERENCES openid_application (id) ON DELETE CASCADE,
	FOREIGN KEY(customer_id) REFERENCES customer (id)
)
CREATE INDEX ix_openid_webhook_application_id ON openid_webhook (application_id)
CREATE INDEX ix_openid_webhook_event ON openid_webhook (event)

-- openid_webhook_call
CREATE TABLE openid_webhook_call (
	id INTEGER NOT NULL,
	uuid VARCHAR NOT NULL,
	webhook_id INTEGER NOT NULL,
	payload JSON NOT NULL,
	state VARCHAR NOT NULL,
	attempts INTEGER NOT NULL,
	attempted_at DATETIME,
	answer INTEGER,
	error VARCHAR,
	PRIMARY KEY (id),
	UNIQUE (uuid),
	FOREIGN KEY(webhook_id) REFERENCES openid_webhook (id) ON DELETE CASCADE
)
CREATE INDEX ix_openid_webhook_call_state ON openid_webhook_call (state)
CREATE INDEX ix_openid_webhook_call_webhook_id ON openid_webhook_call (webhook_id)

-- packed_documents
CREATE TABLE packed_documents (
	id INTEGER NOT NULL,
	company_id INTEGER NOT NULL,
	product VARCHAR NOT NULL,
	unit VARCHAR NOT NULL,
	day DATE NOT NULL,
	quantity INTEGER NOT NULL,
	pages INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(company_id) REFERENCES company (id)
)
CREATE INDEX ix_packed_documents_company_id ON packed_documents (company_id)

-- participant
CREATE TABLE participant (
	id INTEGER NOT NULL,
	icd VARCHAR NOT NULL,
	identifier VARCHAR NOT NULL,
	country VARCHAR NOT NULL,
	organisation_number VARCHAR,
	name VARCHAR NOT NULL,
	folded_name VARCHAR NOT NULL,
	company_id INTEGER,
	PRIMARY KEY (id),
	UNIQUE (icd, identifier),
	FOREIGN KEY(company_id) REFERENCES company (id)
)
CREATE INDEX ix_participant_company_id ON participant (company_id)
CREATE INDEX ix_participant_folded_name ON participant (folded_name)
CREATE INDEX ix_participant_organisation_number ON participant (organisation_number)

-- party
CREATE TABLE party (
	id INTEGER NOT NULL,
	digest VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	folded_name VARCHAR NOT NULL,
	country VARCHAR NOT NULL,
	organisation_number VARCHAR,
	vat_number VARCHAR,
	scheme VARCHAR,
	identifier VARCHAR,
	operator VARCHAR,
	email VARCHAR,
	street VARCHAR,
	postal_code VARCHAR,
	city VARCHAR,
	PRIMARY KEY (id),
	UNIQUE (digest)
)

-- password_entry
CREATE TABLE password_entry (
	id INTEGER NOT NULL,
	person_id INTEGER NOT NULL,
	hash VARCHAR NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(person_id) REFERENCES person (id)
)
CREATE INDEX ix_password_entry_person_id ON password_entry (person_id)

-- person
CREATE TABLE person (
	id INTEGER NOT NULL,
	"key" VARCHAR,
	email VARCHAR NOT NULL,
	first_name VARCHAR NOT NULL,
	last_name VARCHAR NOT NULL,
	phone VARCHAR,
	language VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	password_hash VARCHAR,
	totp_secret VARCHAR,
	totp_step INTEGER,
	push BOOLEAN NOT NULL,
	sms_number VARCHAR,
	terms_accepted_at DATETIME,
	reminders_left INTEGER NOT NULL,
	mails_of_changes BOOLEAN NOT NULL,
	may_generate_codes BOOLEAN NOT NULL,
	desk BOOLEAN NOT NULL,
	version INTEGER NOT NULL,
	search VARCHAR NOT NULL,
	last_signed_in_at DATETIME,
	company_id INTEGER,
	PRIMARY KEY (id),
	UNIQUE ("key"),
	UNIQUE (email),
	FOREIGN KEY(company_id) REFERENCES company (id)
)
CREATE INDEX ix_person_search ON person (search)

-- phone_key
CREATE TABLE phone_key (
	credential_id VARCHAR NOT NULL,
	person_id INTEGER NOT NULL,
	private_key BLOB NOT NULL,
	sign_count INTEGER NOT NULL,
	discoverable BOOLEAN NOT NULL,
	PRIMARY KEY (credential_id),
	FOREIGN KEY(person_id) REFERENCES person (id)
)
CREATE INDEX ix_phone_key_person_id ON phone_key (person_id)

-- push_request
CREATE TABLE push_request (
	id INTEGER NOT NULL,
	sign_in_id VARCHAR NOT NULL,
	person_id INTEGER NOT NULL,
	number VARCHAR NOT NULL,
	choices JSON NOT NULL,
	sent_at DATETIME NOT NULL,
	approved BOOLEAN,
	PRIMARY KEY (id),
	FOREIGN KEY(person_id) REFERENCES person (id)
)
CREATE INDEX ix_push_request_person_id ON push_request (person_id)
CREATE INDEX ix_push_request_sign_in_id ON push_request (sign_in_id)

-- register_request
CREATE TABLE register_request (
	id INTEGER NOT NULL,
	operation VARCHAR NOT NULL,
	target VARCHAR NOT NULL,
	scheme VARCHAR NOT NULL,
	identifier VARCHAR NOT NULL,
	organisation_number VARCHAR,
	name VARCHAR NOT NULL,
	access_point_id INTEGER NOT NULL,
	state VARCHAR NOT NULL,
	attempts INTEGER NOT NULL,
	message VARCHAR,
	asked_at DATETIME NOT NULL,
	next_at DATETIME,
	finished_at DATETIME,
	PRIMARY KEY (id),
	FOREIGN KEY(access_point_id) REFERENCES access_point (id)
)
CREATE INDEX ix_register_request_access_point_id ON register_request (access_point_id)
CREATE INDEX register_request_address ON register_request (scheme, identifier, state)

-- registration
CREATE TABLE registration (
	id INTEGER NOT NULL,
	participant_id INTEGER NOT NULL,
	document_type VARCHAR NOT NULL,
	access_point_id INTEGER NOT NULL,
	registered_at DATETIME NOT NULL,
	state VARCHAR NOT NULL,
	asked_by_id INTEGER,
	PRIMARY KEY (id),
	UNIQUE (participant_id, document_type),
	FOREIGN KEY(participant_id) REFERENCES participant (id),
	FOREIGN KEY(access_point_id) REFERENCES access_point (id),
	FOREIGN KEY(asked_by_id) REFERENCES person (id)
)
CREATE INDEX ix_registration_access_point_id ON registration (access_point_id)

-- remembered_device
CREATE TABLE remembered_device (
	hash VARCHAR NOT NULL,
	person_id INTEGER NOT NULL,
	until DATETIME NOT NULL,
	PRIMARY KEY (hash, person_id),
	FOREIGN KEY(person_id) REFERENCES person (id)
)

-- request_entry
CREATE TABLE request_entry (
	id INTEGER NOT NULL,
	at DATETIME NOT NULL,
	product VARCHAR NOT NULL,
	caller VARCHAR NOT NULL,
	call VARCHAR NOT NULL,
	parameters JSON NOT NULL,
	status INTEGER NOT NULL,
	error VARCHAR,
	reason VARCHAR,
	facts JSON NOT NULL,
	person VARCHAR,
	PRIMARY KEY (id)
)
CREATE INDEX request_entry_of_caller ON request_entry (product, caller, id)

-- role_group
CREATE TABLE role_group (
	id INTEGER NOT NULL,
	"key" VARCHAR,
	customer_id INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	changed_at DATETIME,
	changed_by VARCHAR,
	PRIMARY KEY (id),
	UNIQUE (customer_id, name),
	UNIQUE ("key"),
	FOREIGN KEY(customer_id) REFERENCES customer (id)
)

-- role_group_role
CREATE TABLE role_group_role (
	role_group_id INTEGER NOT NULL,
	role VARCHAR NOT NULL,
	PRIMARY KEY (role_group_id, role),
	FOREIGN KEY(role_group_id) REFERENCES role_group (id) ON DELETE CASCADE
)

-- sales_invoice
CREATE TABLE sales_invoice (
	id INTEGER NOT NULL,
	client_id INTEGER NOT NULL,
	buyer_id INTEGER NOT NULL,
	program VARCHAR NOT NULL,
	number VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	issued_on DATE NOT NULL,
	due_on DATE NOT NULL,
	currency VARCHAR NOT NULL,
	reference VARCHAR,
	delivery VARCHAR NOT NULL,
	submission VARCHAR NOT NULL,
	submitted_at DATETIME,
	submitted_by VARCHAR,
	attempts INTEGER NOT NULL,
	problem VARCHAR,
	problem_facts JSON NOT NULL,
	remark VARCHAR,
	document_id INTEGER,
	created_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (client_id, number),
	FOREIGN KEY(client_id) REFERENCES client (id),
	FOREIGN KEY(buyer_id) REFERENCES buyer (id),
	UNIQUE (document_id),
	FOREIGN KEY(document_id) REFERENCES document (id)
)
CREATE INDEX ix_sales_invoice_buyer_id ON sales_invoice (buyer_id)

-- sales_line
CREATE TABLE sales_line (
	id INTEGER NOT NULL,
	invoice_id INTEGER NOT NULL,
	position INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	quantity BIGINT NOT NULL,
	price BIGINT NOT NULL,
	tax_percent BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (invoice_id, position),
	FOREIGN KEY(invoice_id) REFERENCES sales_invoice (id)
)

-- sandbox
CREATE TABLE sandbox (
	id INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	schema_version INTEGER NOT NULL,
	release VARCHAR NOT NULL,
	scenario VARCHAR NOT NULL,
	language VARCHAR NOT NULL,
	language_chosen BOOLEAN NOT NULL,
	created_at DATETIME NOT NULL,
	expires_at DATETIME,
	born_at DATETIME NOT NULL,
	birth_mode VARCHAR NOT NULL,
	tags JSON NOT NULL,
	clock_mode VARCHAR NOT NULL,
	clock_base DATETIME NOT NULL,
	clock_anchor DATETIME NOT NULL,
	seed VARCHAR NOT NULL,
	drawn INTEGER NOT NULL,
	secret VARCHAR NOT NULL,
	join_key VARCHAR NOT NULL,
	jobs_mode VARCHAR NOT NULL,
	jobs_delay INTEGER NOT NULL,
	delays VARCHAR NOT NULL,
	birth_delays VARCHAR,
	retention_months INTEGER NOT NULL,
	vendor_invoices VARCHAR NOT NULL,
	overlay JSON NOT NULL,
	scenario_text VARCHAR,
	counts_from_birth BOOLEAN NOT NULL,
	PRIMARY KEY (id)
)

-- security_key
CREATE TABLE security_key (
	id INTEGER NOT NULL,
	credential_id VARCHAR NOT NULL,
	person_id INTEGER NOT NULL,
	public_key BLOB NOT NULL,
	sign_count INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	passkey BOOLEAN NOT NULL,
	transports JSON NOT NULL,
	created_at DATETIME NOT NULL,
	last_used_at DATETIME,
	PRIMARY KEY (id),
	UNIQUE (credential_id),
	FOREIGN KEY(person_id) REFERENCES person (id)
)
CREATE INDEX ix_security_key_person_id ON security_key (person_id)

-- sign_in
CREATE TABLE sign_in (
	id VARCHAR NOT NULL,
	email VARCHAR NOT NULL,
	person_id INTEGER,
	methods JSON NOT NULL,
	second_step BOOLEAN NOT NULL,
	put_off BOOLEAN NOT NULL,
	new_password BOOLEAN NOT NULL,
	shown_code VARCHAR,
	asks BOOLEAN NOT NULL,
	back_to VARCHAR,
	request_id VARCHAR,
	expires_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(person_id) REFERENCES person (id),
	FOREIGN KEY(request_id) REFERENCES sign_in_request (id) ON DELETE SET NULL
)
CREATE INDEX ix_sign_in_person_id ON sign_in (person_id)
CREATE INDEX ix_sign_in_request_id ON sign_in (request_id)

-- sign_in_request
CREATE TABLE sign_in_request (
	id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	back_to VARCHAR NOT NULL,
	policy VARCHAR NOT NULL,
	step_up BOOLEAN NOT NULL,
	session_before VARCHAR,
	email VARCHAR,
	form_targets JSON NOT NULL,
	identity_providers JSON NOT NULL,
	expires_at DATETIME NOT NULL,
	PRIMARY KEY (id)
)
CREATE INDEX ix_sign_in_request_expires_at ON sign_in_request (expires_at)

-- sign_in_session
CREATE TABLE sign_in_session (
	id VARCHAR NOT NULL,
	person_id INTEGER NOT NULL,
	language VARCHAR NOT NULL,
	started_at DATETIME NOT NULL,
	ends_at DATETIME NOT NULL,
	ended_at DATETIME,
	methods JSON NOT NULL,
	bypassed BOOLEAN NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(person_id) REFERENCES person (id)
)
CREATE INDEX ix_sign_in_session_person_id ON sign_in_session (person_id)

-- subscription
CREATE TABLE subscription (
	id INTEGER NOT NULL,
	number VARCHAR NOT NULL,
	licence_id INTEGER NOT NULL,
	company_id INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (number),
	FOREIGN KEY(licence_id) REFERENCES licence (id),
	FOREIGN KEY(company_id) REFERENCES company (id)
)
CREATE INDEX subscription_of_company ON subscription (company_id, licence_id)

-- support_access
CREATE TABLE support_access (
	id INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	person_id INTEGER NOT NULL,
	begins_at DATETIME NOT NULL,
	last_day DATE NOT NULL,
	ends_at DATETIME NOT NULL,
	ended_at DATETIME,
	ended_by VARCHAR,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(customer_id) REFERENCES customer (id),
	FOREIGN KEY(person_id) REFERENCES person (id)
)
CREATE INDEX ix_support_access_customer_id ON support_access (customer_id)
CREATE INDEX ix_support_access_person_id ON support_access (person_id)
CREATE UNIQUE INDEX support_access_open ON support_access (customer_id, person_id) WHERE ended_at IS NULL

-- support_case
CREATE TABLE support_case (
	number INTEGER NOT NULL,
	desk VARCHAR NOT NULL,
	channel VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	topic VARCHAR,
	subject VARCHAR NOT NULL,
	requester VARCHAR NOT NULL,
	requester_name VARCHAR NOT NULL,
	requester_phone VARCHAR,
	person_id INTEGER,
	customer_id INTEGER,
	guest VARCHAR,
	language VARCHAR NOT NULL,
	assigned_id INTEGER,
	chat VARCHAR,
	version INTEGER NOT NULL,
	created_at DATETIME NOT NULL,
	changed_at DATETIME NOT NULL,
	changed_by VARCHAR,
	search VARCHAR NOT NULL,
	PRIMARY KEY (number),
	FOREIGN KEY(person_id) REFERENCES person (id),
	FOREIGN KEY(customer_id) REFERENCES customer (id),
	FOREIGN KEY(assigned_id) REFERENCES person (id)
)
CREATE INDEX ix_support_case_guest ON support_case (guest)
CREATE INDEX ix_support_case_person_id ON support_case (person_id)
CREATE INDEX ix_support_case_requester ON support_case (requester)
CREATE INDEX ix_support_case_state ON support_case (state)

-- text_code
CREATE TABLE text_code (
	holder VARCHAR NOT NULL,
	purpose VARCHAR NOT NULL,
	number VARCHAR NOT NULL,
	hash VARCHAR,
	sent_at DATETIME NOT NULL,
	sends INTEGER NOT NULL,
	PRIMARY KEY (holder, purpose)
)

-- transfer
CREATE TABLE transfer (
	id INTEGER NOT NULL,
	contract_id INTEGER NOT NULL,
	receiver_id INTEGER,
	name VARCHAR NOT NULL,
	organisation_number VARCHAR,
	contact_name VARCHAR,
	contact_email VARCHAR,
	token VARCHAR NOT NULL,
	first_day DATE NOT NULL,
	state VARCHAR NOT NULL,
	case_number INTEGER,
	contract_after_id INTEGER,
	reason VARCHAR,
	requested_at DATETIME NOT NULL,
	requested_by VARCHAR NOT NULL,
	confirmed_at DATETIME,
	confirmed_by VARCHAR,
	finished_at DATETIME,
	PRIMARY KEY (id),
	FOREIGN KEY(contract_id) REFERENCES contract (id),
	FOREIGN KEY(receiver_id) REFERENCES customer (id),
	UNIQUE (token),
	FOREIGN KEY(case_number) REFERENCES support_case (number),
	FOREIGN KEY(contract_after_id) REFERENCES contract (id)
)
CREATE INDEX ix_transfer_case_number ON transfer (case_number)
CREATE INDEX ix_transfer_contract_id ON transfer (contract_id)
CREATE INDEX ix_transfer_receiver_id ON transfer (receiver_id)

-- transfer_item
CREATE TABLE transfer_item (
	id INTEGER NOT NULL,
	transfer_id INTEGER NOT NULL,
	licence_id INTEGER NOT NULL,
	users INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (transfer_id, licence_id),
	FOREIGN KEY(transfer_id) REFERENCES transfer (id),
	FOREIGN KEY(licence_id) REFERENCES licence (id)
)
CREATE INDEX ix_transfer_item_licence_id ON transfer_item (licence_id)

-- user_group
CREATE TABLE user_group (
	id INTEGER NOT NULL,
	"key" VARCHAR,
	customer_id INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	changed_at DATETIME,
	changed_by VARCHAR,
	PRIMARY KEY (id),
	UNIQUE (customer_id, name),
	UNIQUE ("key"),
	FOREIGN KEY(customer_id) REFERENCES customer (id)
)

-- user_group_member
CREATE TABLE user_group_member (
	user_group_id INTEGER NOT NULL,
	person_id INTEGER NOT NULL,
	PRIMARY KEY (user_group_id, person_id),
	FOREIGN KEY(user_group_id) REFERENCES user_group (id) ON DELETE CASCADE,
	FOREIGN KEY(person_id) REFERENCES person (id)
)
CREATE INDEX ix_user_group_member_person_id ON user_group_member (person_id)

-- webfaktura_link
CREATE TABLE webfaktura_link (
	client_id INTEGER NOT NULL,
	company_id INTEGER NOT NULL,
	linked_at DATETIME NOT NULL,
	linked_by VARCHAR,
	PRIMARY KEY (client_id),
	FOREIGN KEY(client_id) REFERENCES client (id),
	FOREIGN KEY(company_id) REFERENCES company (id)
)

-- webfaktura_user
CREATE TABLE webfaktura_user (
	id INTEGER NOT NULL,
	client_id INTEGER NOT NULL,
	email VARCHAR NOT NULL,
	first_name VARCHAR NOT NULL,
	last_name VARCHAR NOT NULL,
	access VARCHAR NOT NULL,
	for_synchronization BOOLEAN NOT NULL,
	person_id INTEGER,
	invited BOOLEAN NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (client_id, email),
	FOREIGN KEY(client_id) REFERENCES client (id),
	FOREIGN KEY(person_id) REFERENCES person (id)
)
