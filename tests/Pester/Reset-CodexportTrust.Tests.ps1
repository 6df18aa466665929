param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
    $follower = New-TestFollower $master (Join-Path $TestDrive 'follower')
    $fingerprint = (Get-CodexportStatus -HomePath $follower).Fingerprint
    $other = 'ab' * 32
}

AfterAll { Stop-TestMaster $master.Server }

Describe 'Reset-CodexportTrust' {
    It 'asks unless it is told not to' {
        Assert-Asking Reset-CodexportTrust
    }

    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        Stop-TestMaster $master.Server
        $before = Get-Snapshot $TestDrive
        Reset-CodexportTrust $other -HomePath $follower -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'trusts another key in silence' {
        Reset-CodexportTrust $other -HomePath $follower -Confirm:$false | Should -BeNullOrEmpty
        (Get-CodexportStatus -HomePath $follower -WarningAction Ignore).Fingerprint | Should -Be $other
    }

    It 'names the key before and the key after' {
        $result = Reset-CodexportTrust $fingerprint -HomePath $follower -Confirm:$false -PassThru
        $result.PreviousFingerprint | Should -Be $other
        $result.Fingerprint | Should -Be $fingerprint
    }

    It 'writes what the program prints' {
        $result = Reset-CodexportTrust $fingerprint -HomePath $follower -Confirm:$false -PassThru
        Assert-SameJson $result (Get-ProgramJson $ProgramPath $follower 'follower', 'trust', '--fingerprint', $fingerprint)
    }

    It 'is shown as a list, for two fingerprints fill a line each' {
        Assert-View (Reset-CodexportTrust $fingerprint -HomePath $follower -Confirm:$false -PassThru) 'Codexport.Engine.Results.TrustResult' -ListOnly
    }

    It 'refuses what is not a fingerprint' {
        $record = Get-ErrorOf { Reset-CodexportTrust 'nonsense' -HomePath $follower -Confirm:$false }
        Assert-Error $record 'Reset-CodexportTrust' 'InvalidUsage' 'InvalidArgument' $record.TargetObject
        (Get-CodexportStatus -HomePath $follower -WarningAction Ignore).Fingerprint | Should -Be $fingerprint
    }

    It 'forgets the key' {
        Reset-CodexportTrust -HomePath $follower -Confirm:$false
        (Get-CodexportStatus -HomePath $follower -WarningAction Ignore).Fingerprint | Should -BeNullOrEmpty
    }

    It 'needs a follower' {
        $none = Join-Path $TestDrive 'none'
        $record = Get-ErrorOf { Reset-CodexportTrust -HomePath $none -Confirm:$false }
        Assert-Error $record 'Reset-CodexportTrust' 'NotFollower' 'InvalidOperation' $none
    }
}
