using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using Codexport.Tests.Shared;

namespace Codexport.Benchmarks.Comparisons;

/// <summary>The server against nginx serving the same bytes on the same machine.</summary>
internal static class ServerComparisons
{
    private const int BundleFiles = 40;
    private const int FileSize = 8 << 20;

    public static async Task<IReadOnlyList<Outcome>> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var (nginx, wrk, curl) = (Workbench.Require("nginx"), Workbench.Require("wrk"), Workbench.Require("curl"));
        var master = BigHome(bench, BundleFiles);
        await bench.CodexportAsync(master, cancellationToken, "master", "init");
        var (_, port) = await bench.StartMasterAsync(master, cancellationToken, "--no-watch");
        var credential = await RegisterAsync(await bench.JoinLinkAsync(master, port, cancellationToken), port, cancellationToken);

        var plain = Url("http", port, "/v1/head");
        using var http = new HttpClient();
        var head = await http.GetByteArrayAsync(plain, cancellationToken);
        var revision = RevisionOf(head);
        var bundle = Url("https", port, "/v1/bundle/" + revision);
        string[] ours = ["-sk", "--fail", "-H", "Authorization: Bearer " + credential, "-H", "Codexport-Protocol: 1", "-H", "Accept-Encoding: identity"];

        // The first fetch fills the master's cache and gives nginx the same bytes.
        var www = bench.NewFolder("www");
        await Workbench.RunAsync(curl, [.. ours, "-o", Path.Combine(www, "bundle"), bundle], cancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(www, "head"), head, cancellationToken);
        var (nginxPlain, nginxTls) = await StartNginxAsync(bench, nginx, www, cancellationToken);

        var ourHeads = await WrkAsync(wrk, plain, cancellationToken);
        var nginxHeads = await WrkAsync(wrk, Url("http", nginxPlain, "/head"), cancellationToken);
        var times = await Workbench.MediansAsync(
            5,
            cancellationToken,
            (curl, [.. ours, "-o", "/dev/null", bundle]),
            (curl, ["-sk", "--fail", "-o", "/dev/null", Url("https", nginxTls, "/bundle")]));
        const double Megabytes = (double)BundleFiles * FileSize / 1e6;
        return
        [
            new("head checks a second / nginx", $"{ourHeads:0}/s", $"{nginxHeads:0}/s", ourHeads / nginxHeads, 0.5, AtLeast: true),
            new(
                "bundle over TLS / nginx, throughput",
                $"{Megabytes / times[0] * 1000:0} MB/s",
                $"{Megabytes / times[1] * 1000:0} MB/s",
                times[1] / times[0],
                0.7,
                AtLeast: true),
        ];
    }

    /// <summary>A home whose files hold random bytes, so that no compression flatters anybody.</summary>
    public static string BigHome(Workbench bench, int files)
    {
        var home = bench.NewCodexHome("master", 1);
        var folder = Directory.CreateDirectory(Path.Combine(home, ".codex", "skills", "big")).FullName;
        var content = new byte[FileSize];
        for (var index = 0; index < files; index++)
        {
            RandomNumberGenerator.Fill(content);
            File.WriteAllBytes(Path.Combine(folder, $"data-{index:00}.bin"), content);
        }

        return home;
    }

    /// <summary>Joins by hand, as a follower does, for a credential.</summary>
    public static async Task<string> RegisterAsync(string joinLink, int port, CancellationToken cancellationToken)
    {
        using var client = NewPinlessClient();
        var invite = Regex.Match(joinLink, "invite=([^&]+)").Groups[1].Value;
        using var request = new HttpRequestMessage(HttpMethod.Post, Url("https", port, "/v1/followers"));
        request.Headers.Add("Codexport-Protocol", "1");
        request.Content = new StringContent($$"""{"invite":"{{invite}}","name":"bench","platform":"linux","version":"0.1.0"}""", MediaTypeHeaderValue.Parse("application/json"));
        using var response = await client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        return json.RootElement.GetProperty("credential").GetString()!;
    }

    public static string RevisionOf(byte[] envelope)
    {
        using var json = JsonDocument.Parse(envelope);
        using var payload = JsonDocument.Parse(json.RootElement.GetProperty("payload").GetBytesFromBase64());
        return payload.RootElement.GetProperty("revision").GetString()!;
    }

    public static string Url(string scheme, int port, string path) => string.Create(CultureInfo.InvariantCulture, $"{scheme}://127.0.0.1:{port}{path}");

    /// <summary>A client that accepts any certificate: what is measured here is transport, on loopback.</summary>
    public static HttpClient NewPinlessClient()
#pragma warning disable CA5359, CA5399 // What is measured is transport on loopback; the pin is the engine's own matter.
        => new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } });
#pragma warning restore CA5359, CA5399

    /// <summary>Requests a second of two servers, measured by turns.</summary>
    public static async Task<(double Ours, double Theirs)> WrkByTurnsAsync(
        string wrk, string[] form, string ours, string theirs, CancellationToken cancellationToken)
    {
        List<double> mine = [];
        List<double> other = [];
        for (var round = -1; round < 3; round++)
        {
            var (left, right) = (await WrkOnceAsync(wrk, form, ours, cancellationToken), await WrkOnceAsync(wrk, form, theirs, cancellationToken));
            if (round >= 0)
            {
                mine.Add(left);
                other.Add(right);
            }
        }

        return (Workbench.Median(mine), Workbench.Median(other));
    }

    private static async Task<double> WrkOnceAsync(string wrk, string[] form, string url, CancellationToken cancellationToken)
    {
        var run = await Workbench.RunAsync(wrk, ["-t1", "-d3s", .. form, url], cancellationToken);
        return run.Output.Contains("Non-2xx", StringComparison.Ordinal)
            ? throw new InvalidOperationException(url + " refused requests: " + run.Output)
            : double.Parse(Regex.Match(run.Output, @"Requests/sec:\s+([\d.]+)").Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static async Task<double> WrkAsync(string wrk, string url, CancellationToken cancellationToken)
    {
        await Workbench.RunAsync(wrk, ["-t1", "-c32", "-d2s", url], cancellationToken);
        List<double> rates = [];
        for (var round = 0; round < 3; round++)
        {
            var run = await Workbench.RunAsync(wrk, ["-t1", "-c32", "-d4s", url], cancellationToken);
            if (run.Output.Contains("Non-2xx", StringComparison.Ordinal))
            {
                throw new InvalidOperationException(url + " refused requests: " + run.Output);
            }

            rates.Add(double.Parse(Regex.Match(run.Output, @"Requests/sec:\s+([\d.]+)").Groups[1].Value, CultureInfo.InvariantCulture));
        }

        return Workbench.Median(rates);
    }

    public static async Task<(int Plain, int Tls)> StartNginxAsync(Workbench bench, string nginx, string www, CancellationToken cancellationToken)
    {
        var (plain, tls) = (LoopbackPort.FindFree(), LoopbackPort.FindFree());
        var folder = bench.NewFolder("nginx");
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            var request = new CertificateRequest("CN=bench", key, HashAlgorithmName.SHA256);
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            await File.WriteAllTextAsync(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem(), cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem(), cancellationToken);
        }

        var configuration = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            daemon off; pid {{folder}}/pid; error_log {{folder}}/error.log; worker_processes 2; user root;
            events { worker_connections 1024; }
            http {
              access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fastcgi; uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
              server { listen 127.0.0.1:{{plain}}; root {{www}}; }
              server { listen 127.0.0.1:{{tls}} ssl; root {{www}}; ssl_certificate {{folder}}/cert.pem; ssl_certificate_key {{folder}}/key.pem;
                       ssl_protocols TLSv1.2 TLSv1.3; }
            }
            """,
            cancellationToken);
        bench.StartServer(nginx, "-c", configuration, "-e", Path.Combine(folder, "error.log"));
        await Workbench.WaitForPortAsync(plain, cancellationToken);
        return (plain, tls);
    }
}
