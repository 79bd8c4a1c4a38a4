//! Flinks. The account is `FLINKS_INSTANCE`, such as `toolbox`, `FLINKS_CUSTOMER_ID` and `FLINKS_SECRET_KEY`; `FLINKS_API_KEY`,
//! which newer instances want for data, `FLINKS_API_URL` and `FLINKS_CONNECT_URL` may be added.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use sandbox::flinks::{CUSTOMER_ID, SECRET_KEY};
use serde_json::{Map, Value, json};
use url::Url;

use crate::api::{Api, reason};
use crate::backend::{Backend, Begun, Desk, Earlier, Place, Wanted, fields};
use crate::environment::Variables;
use crate::error::ShopError;
use crate::links::state;

/// Between two questions whether the accounts are there: the documentation's, and the sandbox's.
const POLL: Duration = Duration::from_secs(10);
const SANDBOX_POLL: Duration = Duration::from_millis(150);

pub(crate) struct Flinks {
    api: Api,
    secret_key: String,
    api_key: Option<String>,
    connect_url: Url,
    poll: Duration,
}

#[derive(Clone)]
pub(crate) struct Link {
    /// What the simulated Flinks Connect plays.
    scenario: Option<String>,
    /// Comes back on the return URL: Flinks Connect has no `state`.
    tag: String,
    login_id: Option<String>,
    /// The accounts that the person picked, as the page said.
    account_ids: Vec<String>,
    authorized: Option<Authorized>,
}

/// What Flinks says to a `loginId`.
#[derive(Clone)]
struct Authorized {
    request_id: String,
    /// The bank's name.
    institution: String,
    /// The bank has a question first, which the person answers in Flinks Connect.
    asks: bool,
}

impl Backend for Flinks {
    const ID: &'static str = "flinks";
    /// By the documentation nobody asks for longer.
    const PATIENCE: Duration = Duration::from_secs(30 * 60);

    type Link = Link;

    fn new(place: &Place) -> anyhow::Result<(Self, bool)> {
        const ALL: [&str; 6] = [
            "FLINKS_INSTANCE",
            "FLINKS_CUSTOMER_ID",
            "FLINKS_SECRET_KEY",
            "FLINKS_API_KEY",
            "FLINKS_API_URL",
            "FLINKS_CONNECT_URL",
        ];
        let variables = Variables::find(&ALL, place.environment);
        let (customer_id, secret_key, api_key, api_url, connect_url) = match &variables {
            Some(variables) => {
                let host = |part| {
                    Ok::<_, anyhow::Error>(format!(
                        "https://{}-{part}.private.fin.ag",
                        variables.needed(ALL[0])?
                    ))
                };
                (
                    variables.needed(ALL[1])?,
                    variables.needed(ALL[2])?,
                    variables.optional(ALL[3]),
                    variables.url(ALL[4], &host("api")?)?,
                    variables.url(ALL[5], &format!("{}/v2", host("iframe")?))?,
                )
            }
            None => (
                CUSTOMER_ID.into(),
                SECRET_KEY.into(),
                None,
                place.simulated.into(),
                format!("{}/v2", place.simulated),
            ),
        };
        let why = |answer: &Value| {
            let code = answer["FlinksCode"].as_str().unwrap_or("no FlinksCode");
            format!(", {code}: {}", reason(answer, "Message"))
        };
        let base = format!("{api_url}/v3/{customer_id}/BankingServices/");
        let backend = Self {
            api: Api::new("Flinks", base, why)?,
            secret_key,
            api_key,
            connect_url: Url::parse(&format!("{connect_url}/"))?,
            poll: if variables.is_some() { POLL } else { SANDBOX_POLL },
        };
        Ok((backend, variables.is_some()))
    }

    async fn begin(&self, wanted: &Wanted, earlier: Option<Earlier<Link>>) -> Result<Begun<Link>, ShopError> {
        let scenario = wanted.is_played.then(|| wanted.scenario.clone());
        let tag = state();
        let mut link = Link { scenario, tag, login_id: None, account_ids: Vec::new(), authorized: None };
        let mut asked = None;
        if let Some(Earlier { link: earlier, .. }) = earlier {
            let login_id = earlier.login_id.ok_or_else(ShopError::no_connection)?;
            link.account_ids = earlier.account_ids;
            let authorized = self.authorize(&login_id, true).await?;
            if !authorized.asks {
                link.login_id = Some(login_id);
                link.authorized = Some(authorized);
                return Ok(Begun { link, launch: None });
            }
            asked = Some(authorized.request_id);
        }
        let launch = json!({
            "url": self.connect_url(wanted, &link, asked.as_deref()).as_str(),
            "authorizeToken": self.authorize_token(link.scenario.as_deref()).await?,
        });
        Ok(Begun { link, launch: Some(fields(launch)) })
    }

    fn check(link: &Link, result: &Value) -> Result<(), ShopError> {
        if link.login_id.as_ref().is_some_and(|known| result["loginId"] != known.as_str()) {
            return Err(ShopError::new(StatusCode::FORBIDDEN, "This link has another loginId already"));
        }
        if result["tag"].as_str().is_some_and(|tag| tag != link.tag) {
            return Err(ShopError::another_link());
        }
        Ok(())
    }

    /// The loginId counts when Flinks opens a session with it.
    async fn confirm(&self, mut link: Link, result: &Value) -> Result<Link, ShopError> {
        let login_id = result["loginId"].as_str().filter(|id| !id.is_empty());
        let login_id = login_id.ok_or_else(|| ShopError::bad_request("The loginId is missing"))?;
        link.authorized = Some(self.authorize(login_id, false).await?);
        link.login_id = Some(login_id.into());
        let accounts = result["accountIds"].as_array().into_iter().flatten();
        link.account_ids = accounts.filter_map(|id| id.as_str().map(Into::into)).collect();
        Ok(link)
    }

    /// Asks until the accounts are there.
    async fn fetch(&self, mut link: Link, desk: &dyn Desk) -> Result<Link, ShopError> {
        let missing = || ShopError::provider("Flinks has authorized nothing");
        let authorized = link.authorized.take().ok_or_else(missing)?;
        let since = Instant::now();
        let mut request = self.api.post("GetAccountsDetail", &json!({ "RequestId": authorized.request_id }));
        loop {
            if let Some(key) = &self.api_key {
                request = request.header("x-api-key", key);
            }
            let (status, answer) = self.api.ask(request).await?;
            let detail = self.api.accept(status, answer)?;
            if status != StatusCode::ACCEPTED {
                let (accounts, transactions) = rows(&detail, &authorized.institution);
                desk.keep("accounts", accounts.into());
                desk.keep("transactions", transactions.into());
                return Ok(link);
            }
            if since.elapsed() > Self::PATIENCE {
                return Err(ShopError::provider("Flinks had no accounts after half an hour"));
            }
            tokio::time::sleep(self.poll).await;
            request = self.api.get(&format!("GetAccountsDetailAsync/{}", authorized.request_id));
        }
    }

    fn connection(link: &Link, _data: &Map<String, Value>) -> Option<Value> {
        link.login_id.as_deref().map(Into::into)
    }

    async fn renew(&self, link: &Link) -> Result<Value, ShopError> {
        let scenario = match link.scenario.as_deref() {
            Some("token-invalid-once") => Some("success"),
            scenario => scenario,
        };
        Ok(json!({ "authorizeToken": self.authorize_token(scenario).await? }))
    }
}

impl Flinks {
    /// `asked`: the request in which the bank asks the person again.
    fn connect_url(&self, wanted: &Wanted, link: &Link, asked: Option<&str>) -> Url {
        let mut url = self.connect_url.clone();
        let accounts = link.account_ids.join(",");
        let mut query = vec![("demo", "true"), ("tag", link.tag.as_str())];
        if let Some(request_id) = asked {
            query.push(("requestId", request_id));
            if !accounts.is_empty() {
                query.push(("resumeSelectedAccounts", &accounts));
            }
        }
        // a frame tells by its events alone; with a redirectUrl it would take the whole tab along
        let leaves_the_page = matches!(wanted.mode.as_str(), "popup" | "redirect");
        if let Some(return_url) = wanted.return_url.as_ref().filter(|_| leaves_the_page) {
            query.push(("redirectUrl", return_url.as_str()));
        }
        match link.scenario.as_deref() {
            None => query.push(("closeEnable", "true")),
            Some("stringify") => query.push(("stringify", "true")),
            Some("success-accounts") => query.push(("accountSelectorMultiple", "true")),
            Some(_) => {}
        }
        url.query_pairs_mut().extend_pairs(query);
        url
    }

    /// A token for one opening of Flinks Connect, or for one Authorize: used once, within 30 minutes.
    /// `scenario` is the simulated Flinks' own.
    async fn authorize_token(&self, scenario: Option<&str>) -> Result<String, ShopError> {
        let body = scenario.map_or_else(|| json!({}), |scenario| json!({ "scenario": scenario }));
        let request = self.api.post("GenerateAuthorizeToken", &body);
        let answer = self.api.send(request.header("flinks-auth-key", &self.secret_key)).await?;
        self.api.text(&answer, "Token")
    }

    /// Asks for what `login_id` stands for: as Flinks has it, or `live` from the bank.
    async fn authorize(&self, login_id: &str, live: bool) -> Result<Authorized, ShopError> {
        let token = self.authorize_token(None).await?;
        let mut body = json!({ "LoginId": login_id, "MostRecentCached": !live });
        if live {
            body["Save"] = true.into();
        }
        let request = self.api.post("Authorize", &body).header("flinks-auth-key", token);
        let (status, answer) = self.api.ask(request).await?;
        let answer = self.api.accept(status, answer)?;
        let asks = live && status == StatusCode::NON_AUTHORITATIVE_INFORMATION;
        // an answer with a question names no login
        if !asks && answer["Login"]["Id"] != login_id {
            return Err(ShopError::provider("Flinks answered for another loginId"));
        }
        Ok(Authorized {
            request_id: self.api.text(&answer, "RequestId")?,
            institution: answer["Institution"].as_str().unwrap_or_default().into(),
            asks,
        })
    }
}

/// Accounts and transactions in the page's words: Flinks nests the second in the first. The newest transaction first.
fn rows(detail: &Value, institution: &str) -> (Vec<Value>, Vec<Value>) {
    let (mut accounts, mut transactions) = (Vec::new(), Vec::new());
    for account in detail["Accounts"].as_array().into_iter().flatten() {
        let number = account["AccountNumber"].as_str().unwrap_or_default();
        let last_four = number.get(number.len().saturating_sub(4)..).unwrap_or_default();
        accounts.push(json!({
            "id": account["Id"],
            "name": account["Title"],
            "number": format!("•••• {last_four}"),
            "type": account["Type"],
            "balance": account["Balance"]["Current"],
            "currency": account["Currency"],
            "institution": institution,
        }));
        for transaction in account["Transactions"].as_array().into_iter().flatten() {
            let credit = transaction["Credit"].as_f64();
            let debit = transaction["Debit"].as_f64();
            transactions.push(json!({
                "id": transaction["Id"],
                "account_id": account["Id"],
                "date": transaction["Date"],
                "description": transaction["Description"],
                "amount": credit.unwrap_or(0.0) - debit.unwrap_or(0.0),
                "currency": account["Currency"],
            }));
        }
    }
    transactions.sort_by(|one, other| other["date"].as_str().cmp(&one["date"].as_str()));
    (accounts, transactions)
}
