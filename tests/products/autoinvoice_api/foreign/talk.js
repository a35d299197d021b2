// Runs a client that somebody else wrote, unchanged but for its base address, and prints what it was answered as JSON.
const { MaventaApiClient, MaventaBillingApiClient } = require('@rantalainen/maventa-api-client');

const told = JSON.parse(process.argv[2]);
const keys = { clientId: told.client_id, clientSecret: told.client_secret, vendorApiKey: told.vendor_api_key };
const xml = (name) => Buffer.from(told.documents[name], 'base64');
const XML = { filename: 'invoice.xml', contentType: 'application/xml' };

async function refused(call) {
  try {
    await call;
  } catch (error) {
    return { status: error.response.status, code: error.response.data.code, message: error.message };
  }
  throw new Error('it was not refused');
}

async function main() {
  const maventa = new MaventaApiClient(keys, { baseURL: told.base_url });
  const { api } = maventa;
  const found = {};

  found.status = (await api.authenticated.getStatusAuthenticated()).data;
  found.current = (await api.current.getOauth2Current()).data;
  found.companies = (await api.companies.getV1Companies()).data;
  found.authorization = (await api.company.getV1CompanyAuthorization()).data;

  await api.company.patchV1CompanySettings({ send_invoice_general: { stop_duplicate_numbers: false } });
  const groups = { fields: ['details', 'send_invoice_general'] };
  found.settings = (await api.company.getV1CompanySettings(groups)).data;
  found.profiles = (await api.company.getV1CompanyProfiles({ network: ['PEPPOL', 'VISMA'] })).data;
  found.conflict = await refused(api.company.postV1CompanyProfiles({ network: 'PEPPOL' }));

  found.receivers = (await api.lookup.getV1LookupReceivers({ network: ['PEPPOL', 'INTERNAL'], bid: told.receiver })).data;
  found.endpoints = (await api.lookup.getV1LookupEndpoints({ business_ids: [told.receiver, told.nobody] })).data;
  found.operators = (await api.entities.getV1EntitiesOperators()).data;

  const webhook = { destination_type: 'WEBHOOK', destination: told.webhook, events: ['DOCUMENTS.INVOICE.DELIVERED'] };
  found.notification = (await api.company.postV1CompanyNotifications(webhook)).data;
  found.notifications = (await api.company.getV1CompanyNotifications()).data;

  const posted = await api.helpers.postInvoice(xml('first'), XML, { format: 'PEPPOLBIS30', disabled_routes: ['print', 'email'] });
  found.posted = { status: posted.status, data: posted.data };
  const zipped = await api.helpers.postInvoiceZip(
    xml('second'), Buffer.from(told.documents.pdf, 'base64'), [{ fileName: 'terms.txt', content: Buffer.from('Terms') }]
  );
  found.zipped = { status: zipped.status, data: zipped.data };
  found.bad = await refused(api.helpers.postInvoice(Buffer.from('<nothing/>'), XML));

  const list = await api.invoices.getV1Invoices({ direction: 'SENT', status: ['PENDING', 'DELIVERED'], per_page: 1 });
  found.list = { data: list.data, total: list.headers['x-total'], next: list.headers['x-next-page'] };
  const id = posted.data.id;
  found.details = (await api.invoices.getV1InvoicesId(id)).data;
  found.xml = (await api.invoices.getV1InvoicesId(id, { return_format: 'PEPPOLBIS30' })).data;
  found.actions = (await api.invoices.getV1InvoicesIdActions(id, { type: ['CREATED'] })).data;
  const files = [];
  for (const file of zipped.data.files) {
    const params = { responseType: 'arraybuffer' };
    const answer = await api.invoices.getV1InvoicesIdFilesFileId(zipped.data.id, file.id, params);
    files.push({ ...file, size: answer.data.length });
  }
  found.files = files;

  if (told.wait) {
    await untilItLeft(told.wait, api, id);
  }
  found.rerouted = (await api.invoices.putV1InvoicesIdRerouteEmail(id, { recipient_email: 'other@skogvang.example' })).data;
  await api.company.deleteV1CompanyNotificationsId(found.notification.id);
  found.gone = await refused(api.company.getV1CompanyNotificationsId(found.notification.id));

  const billing = new MaventaBillingApiClient(keys, { baseURL: told.base_url });
  // The client asks for its token at an address of its own making, which it offers no other way to set.
  billing.maventa.api.instance.defaults.baseURL = told.base_url;
  const month = { year: told.year, month: told.month };
  found.transactions = (await billing.api.billing.billingV2ReportsBillingCompanyTransactionsList(month)).data;
  process.stdout.write(JSON.stringify(found));
}

// The server works on its own: whoever called waits until an invoice has left.
async function untilItLeft(seconds, api, id) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const { data } = await api.invoices.getV1InvoicesIdActions(id, { type: ['SENT', 'DELIVERED', 'ERROR'] });
    if (data.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`invoice ${id} did not leave`);
}

main().then(() => process.exit(0), (error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
