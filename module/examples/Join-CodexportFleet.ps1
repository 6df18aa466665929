#requires -Version 7.6
<#
.SYNOPSIS
    Joins many machines to one master, each with a result of its own.
.DESCRIPTION
    Runs one script block on every machine of a list. A machine that cannot be reached or fails does not keep the others from their turn.
    Safe to run again: a machine that follows the master already only syncs.
.PARAMETER ComputerName
    The machines, as SSH knows them.
.PARAMETER JoinLink
    The link that New-CodexportJoinLink made on the master. It holds an invite: treat it as a secret.
.PARAMETER UserName
    The account on the machines, for SSH.
.PARAMETER Hook
    Installs the hook too, so that sessions of Codex sync by themselves.
.PARAMETER Adopt
    Files that are already there and differ are backed up and replaced.
.PARAMETER Invoke
    How a script block runs on a machine; takes the machine, the script block and its arguments. Without it Invoke-Command over SSH.
.EXAMPLE
    Get-Content machines.txt | ./Join-CodexportFleet.ps1 -JoinLink $link -UserName dev -Hook | Format-Table
.EXAMPLE
    Get-Content machines.txt | ./Join-CodexportFleet.ps1 -JoinLink $link | Where-Object -Not Succeeded | Export-Csv failures.csv
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory, Position = 0, ValueFromPipeline)][ValidateNotNullOrEmpty()][string[]] $ComputerName,
    [Parameter(Mandatory)][ValidateNotNullOrEmpty()][string] $JoinLink,
    [string] $UserName,
    [switch] $Hook,
    [switch] $Adopt,
    [scriptblock] $Invoke
)

begin {
    $enrol = {
        param([string] $Link, [bool] $Hook, [bool] $Adopt, [string] $UserHome)
        $ErrorActionPreference = 'Stop'
        $where = $UserHome ? @{ HomePath = $UserHome } : @{}
        try {
            if (-not (Get-Command Join-CodexportFollower -ErrorAction Ignore)) { Import-Module Codexport }
            # The same fingerprint is the same master: it is followed already, and a sync is all there is to do.
            $status = Get-CodexportStatus @where -WarningAction SilentlyContinue
            $follows = $status.Role -eq 'follower' -and $Link -like "*fingerprint=$($status.Fingerprint)*"
            $result = $follows ? (Sync-CodexportFollower @where -Adopt:$Adopt) : (Join-CodexportFollower $Link @where -Adopt:$Adopt)
            if ($Hook) { Install-CodexportHook @where }
            [pscustomobject]@{
                Succeeded = "$($result.Status)" -in 'Applied', 'Current'; Status = "$($result.Status)"; Revision = $result.Revision; Error = $null; Remedy = $null
            }
        } catch {
            [pscustomobject]@{
                Succeeded = $false; Status = 'Failed'; Revision = $null
                Error = "$(($_.FullyQualifiedErrorId -split ',')[0]): $($_.Exception.Message)"; Remedy = $_.ErrorDetails.RecommendedAction
            }
        }
    }

    if (-not $Invoke) {
        $account = $UserName ? @{ UserName = $UserName } : @{}
        $Invoke = {
            param($Computer, $Block, $Arguments)
            Invoke-Command -HostName $Computer @account -ScriptBlock $Block -ArgumentList $Arguments -ErrorAction Stop
        }
    }
}

process {
    foreach ($computer in $ComputerName) {
        if (-not $PSCmdlet.ShouldProcess($computer, 'Join the master')) { continue }
        try {
            $answer = & $Invoke $computer $enrol @($JoinLink, [bool] $Hook, [bool] $Adopt)
        } catch {
            $answer = [pscustomobject]@{
                Succeeded = $false; Status = 'Unreachable'; Revision = $null; Error = $_.Exception.Message
                Remedy = 'Look whether the machine is on, and whether SSH with the PowerShell subsystem works.'
            }
        }
        $answer | Select-Object @{ Name = 'ComputerName'; Expression = { $computer } }, Succeeded, Status, Revision, Error, Remedy
    }
}
