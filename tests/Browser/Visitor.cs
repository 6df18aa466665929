using System.Text.RegularExpressions;

namespace Codexport.Tests.Browser;

/// <summary>Whoever speaks HTTP with the dashboard, and need not keep to what a browser does.</summary>
internal sealed partial class Visitor(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public int Port => address.Port;

    public string Origin => $"http://127.0.0.1:{Port}";

    public string SetCookie { get; private set; } = string.Empty;

    public string? Cookie { get; private set; }

    /// <summary>The path of its session.</summary>
    public string Root { get; private set; } = "/";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Comes without a ticket.</summary>
    public static async Task<Visitor> ComeAsync(DashboardMaster master) => new(new Uri(await master.AddressAsync()));

    /// <summary>Comes with a ticket.</summary>
    public static async Task<Visitor> ComeAsync(DashboardMaster master, string address)
    {
        _ = master;
        var visitor = new Visitor(new Uri(address));
        using var answer = await visitor.GetAsync(new Uri(address).PathAndQuery);
        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        visitor.SetCookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        visitor.Cookie = visitor.SetCookie.Split(';')[0];
        visitor.Root = PathOf().Match(visitor.SetCookie).Groups[1].Value;
        return visitor;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public async Task<string> ReadAsync(string path)
    {
        using var answer = await GetAsync(path);
        return await answer.Content.ReadAsStringAsync(Stop);
    }

    public async Task<string> FormTokenAsync() => TokenIn().Match(await ReadAsync(Root)).Groups[1].Value;

    public Task<HttpResponseMessage> PostAsync(string path, (string Name, string Value)[] headers, params (string Name, string Value)[] form)
        => SendAsync(HttpMethod.Post, Root + path, request =>
        {
            request.Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value)));
            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        });

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(new Uri(Origin), path));
        if (Cookie is not null)
        {
            request.Headers.Add("Cookie", Cookie);
        }

        change?.Invoke(request);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("path=([^;]+)", RegexOptions.IgnoreCase)]
    private static partial Regex PathOf();

    [GeneratedRegex("name=\"form\" value=\"([^\"]+)\"")]
    private static partial Regex TokenIn();
}
