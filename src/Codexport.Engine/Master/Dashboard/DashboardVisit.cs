using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Results;

namespace Codexport.Engine.Master.Dashboard;

/// <summary>
/// Leads a person's browser to the dashboard of the master that runs here. The command line of a browser can be seen by every user of the
/// machine, so the browser is given a file that only this user can read, which holds the address.
/// </summary>
internal sealed class DashboardVisit(EngineContext context)
{
    private const int MaxAnswer = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Makes sure that the master answers, makes an address that lets in once, and shows it in a browser if that is wanted.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.DashboardNotServed"/>.</exception>
    public async Task<DashboardResult> RunAsync(bool open, CancellationToken cancellationToken)
    {
        MasterIdentity.Load(context).Dispose();
        var door = DashboardDoor.TryRead(context) ?? throw NotServed(null);
        if (!await IsServedAsync(door, cancellationToken))
        {
            throw NotServed(null);
        }

        var expires = context.Time.GetUtcNow() + DashboardTicket.Lifetime;
        var address = string.Create(
            CultureInfo.InvariantCulture, $"http://{IPAddress.Loopback}:{door.Port}/enter?ticket={DashboardTicket.Make(door, expires)}");
        return new DashboardResult(address, expires.LocalDateTime, open && TryOpen(address));
    }

    private bool TryOpen(string address)
    {
        var file = DashboardDoor.LeadInOf(context);
        SetAside.IfNotFile(context, file);
        AtomicFile.Write(
            context.Files, file,
            Encoding.UTF8.GetBytes($"<!doctype html><meta charset=\"utf-8\"><title>Codexport</title><meta http-equiv=\"refresh\" content=\"0;url={address}\">\n"),
            FilePermission.Private);
        return context.OpenFile(file);
    }

    // After a crash the file may name a port that another user's program has now: it cannot answer.
    private static async Task<bool> IsServedAsync(DashboardDoor door, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        var question = DashboardTicket.Question();
        try
        {
            var answer = await AskAsync(door.Port, $"/proof?question={question}", deadline.Token);
            return answer.EndsWith("\r\n\r\n" + DashboardTicket.Answer(door, question), StringComparison.Ordinal);
        }
        catch (Exception error) when (error is SocketException or IOException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private static async Task<string> AskAsync(int port, string path, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        await using var stream = client.GetStream();
        var request = string.Create(
            CultureInfo.InvariantCulture, $"GET {path} HTTP/1.1\r\nHost: {IPAddress.Loopback}:{port}\r\nConnection: close\r\n\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        var answer = new byte[MaxAnswer];
        var count = await stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.ASCII.GetString(answer, 0, count);
    }

    private CodexportException NotServed(Exception? inner) => new(
        ErrorCode.DashboardNotServed,
        $"No master serves a dashboard for '{context.Home.StateFolder}' now.",
        "Start it with 'codexport master serve', or as a service with 'codexport master service install'; dashboard = false in local.toml switches the dashboard off.",
        context.Home.StateFolder,
        inner);
}
